#!/usr/bin/env Rscript
# Profile-likelihood intervals: the coefficient is held at b by an offset of b times its covariate,
# the others are maximized by coxph, and uniroot finds where twice the log likelihood has fallen.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-profile.R      writes profile.json

source("fixture-json.R")

# x: a matrix of covariates; y: a Surv; the limits of the coefficient of each column.
intervals <- function(y, x, stratum, ties, level, infinite = NULL) {
    fit_with <- function(columns, offset) {
        x <- x[, columns, drop = FALSE]
        tail(if (length(columns))
                 coxph(y ~ x + strata(stratum) + offset(offset), ties = ties, control = tight)$loglik
             else coxph(y ~ strata(stratum) + offset(offset), ties = ties, control = tight)$loglik, 1)
    }
    whole <- suppressWarnings(coxph(y ~ x + strata(stratum), ties = ties, control = tight))
    b <- coef(whole)
    se <- sqrt(diag(vcov(whole)))
    top <- tail(whole$loglik, 1)
    q <- qchisq(level, 1)
    t(sapply(seq_len(ncol(x)), function(j) {
        # An infinite coefficient: near enough to its limit, and no limit on that side.
        if (j %in% infinite) { centre <- sign(b[j]) * 14; width <- 3 }
        else { centre <- b[j]; width <- se[j] }
        fall <- function(v) 2 * (top - fit_with(setdiff(seq_len(ncol(x)), j), v * x[, j])) - q
        side <- function(s) {
            if (j %in% infinite && s == sign(b[j])) return(NA)
            far <- centre + s * width
            while (fall(far) < 0) far <- far + s * width
            uniroot(fall, sort(c(centre, far)), tol = 1e-14, maxiter = 500)$root
        }
        c(side(-1), side(1))
    }))
}

case <- function(name, data, y, x, stratum, ties, level = 0.95, infinite = NULL) {
    cat(name, "\n")
    list(name = name, intervals = suppressWarnings(
        intervals(y, x, stratum, ties, level, infinite)))
}

v <- read("veteran")
r <- read("random1")
one <- rep(1, nrow(v))
vx <- as.matrix(v[c("karno", "age", "diagtime")])
vy <- Surv(v$time, v$status)
h <- read("heart")
hx <- as.matrix(h[c("age", "year", "surgery")])
hy <- Surv(h$start, h$stop, h$event)
# Nobody of cell type "adeno" has the event: one infinite coefficient among finite ones.
m <- v
m$status[m$celltype == "adeno"] <- 0
mx <- cbind(karno = m$karno, adeno = as.numeric(m$celltype == "adeno"), age = m$age)
cases <- list(
    case("veteran, efron", v, vy, vx, one, "efron"),
    case("veteran, breslow, 0.9", v, vy, vx, one, "breslow", 0.9),
    case("veteran, efron, strata", v, vy, vx, v$celltype, "efron"),
    case("heart, efron, late", h, hy, hx, rep(1, nrow(h)), "efron"),
    case("veteran without adeno, efron, infinite", m, Surv(m$time, m$status), mx, one, "efron",
         infinite = 2))
write_cases("profile.json", cases)
