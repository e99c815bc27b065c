#!/usr/bin/env Rscript
# Firth's penalized likelihood l(b) + 1/2 log |I(b)|: the value, score and information at b are those
# of coxph (its agreg.fit, which returns the score) at init = b without iteration, the derivative of log |I| is taken numerically (central
# differences of eighth order), and the modified score is solved. Intervals are penalized profiles.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-firth.R      writes firth.json

source("fixture-json.R")
still <- coxph.control(iter.max = 0, eps = 1e-14, toler.chol = 1e-15)

firth <- function(y, x, stratum, ties) {
    p <- ncol(x)
    stratum <- as.integer(factor(stratum))
    if (ncol(y) == 2) y <- Surv(rep(-1, nrow(y)), y[, 1], y[, 2])
    unit <- apply(x, 2, sd)
    x <- sweep(x, 2, unit, "/")      # the units of the answers are restored below
    at <- function(b) {
        f <- agreg.fit(x, y, stratum, NULL, b, still, NULL, ties, NULL, FALSE)
        list(l = f$loglik[2], u = f$first, v = f$var)
    }
    logdet <- function(b) -determinant(at(b)$v)$modulus
    weight <- c(4/5, -1/5, 4/105, -1/280)
    slope <- function(b) sapply(seq_len(p), function(j) {
        h <- 1e-2
        e <- replace(numeric(p), j, h)
        sum(sapply(1:4, function(k) weight[k] * (logdet(b + k * e) - logdet(b - k * e)))) / h
    })
    value <- function(b) at(b)$l + logdet(b) / 2
    # The maximum over the free coefficients.
    climb <- function(b, free) {
        if (!length(free)) return(b)
        for (i in 1:100) {
            a <- at(b)
            g <- (a$u + slope(b) / 2)[free]
            info <- solve(a$v)[free, free, drop = FALSE]
            step <- solve(info, g)
            step <- step * min(1, 1 / max(abs(step)))
            b[free] <- b[free] + step
            if (max(abs(step)) < 1e-13) break
        }
        b
    }
    b <- climb(numeric(p), seq_len(p))
    top <- value(b)
    v <- at(b)$v
    q <- qchisq(0.95, 1)
    limits <- t(sapply(seq_len(p), function(j) {
        other <- setdiff(seq_len(p), j)
        fall <- function(z) 2 * (top - value(climb(replace(b, j, z), other))) - q
        side <- function(s) {
            far <- b[j] + s * 2 * sqrt(v[j, j])
            while (fall(far) < 0) far <- far + s * sqrt(v[j, j])
            uniroot(fall, sort(c(b[j], far)), tol = 1e-13)$root
        }
        c(side(-1), side(1)) / unit[j]
    }))
    shift <- sum(log(unit))          # log |I| in the units of the covariates
    list(coefficients = b / unit, errors = sqrt(diag(v)) / unit,
         loglik = c(value(numeric(p)), top) + shift, intervals = limits)
}

case <- function(name, y, x, stratum, ties) {
    cat(name, "\n")
    c(list(name = name), firth(y, x, stratum, ties))
}

v <- read("veteran")
one <- rep(1, nrow(v))
vx <- as.matrix(v[c("karno", "age", "diagtime")])
vy <- Surv(v$time, v$status)
h <- read("heart")
hx <- as.matrix(h[c("age", "year", "surgery")])
hy <- Surv(h$start, h$stop, h$event)
m <- v
m$status[m$celltype == "adeno"] <- 0
mx <- cbind(karno = m$karno, adeno = as.numeric(m$celltype == "adeno"), age = m$age)
t3 <- read("test1")
cases <- list(
    case("veteran, efron", vy, vx, one, "efron"),
    case("veteran, breslow", vy, vx, one, "breslow"),
    case("veteran, efron, strata", vy, vx, v$celltype, "efron"),
    case("heart, efron, late", hy, hx, rep(1, nrow(h)), "efron"),
    case("heart, breslow, late", hy, hx, rep(1, nrow(h)), "breslow"),
    case("veteran without adeno, efron, infinite", Surv(m$time, m$status), mx, one, "efron"))
write_cases("firth.json", cases)
