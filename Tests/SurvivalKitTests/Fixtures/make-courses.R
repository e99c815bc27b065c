#!/usr/bin/env Rscript
# How coefficients go with time: the residuals of cox.zph and the lines of its plot, by the formulas of
# plot.cox.zph: a natural spline over x, knots at quantiles of x and of the 40 points of the line.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-courses.R      writes courses.json

source("fixture-json.R")
library(splines)

line <- function(z, df) {
    grid <- seq(min(z$x), max(z$x), length.out = 40)
    basis <- ns(c(grid, z$x), df = df, intercept = TRUE)
    lapply(seq_len(ncol(z$y)), function(i) {
        keep <- !is.na(z$y[, i])
        q <- qr(basis[-(1:40), ][keep, ])
        at <- basis[1:40, ]
        r <- qr.R(q)
        list(name = colnames(z$y)[i],
             residuals = z$y[keep, i],
             times = z$time[keep], positions = z$x[keep],
             value = drop(at %*% qr.coef(q, z$y[keep, i])),
             error = sqrt(z$var[i, i] * colSums(solve(t(r), t(at))^2)))
    })
}

marks <- function(z) {
    first <- !duplicated(z$x)
    round <- signif(approx(z$x[first], z$time[first],
                           seq(min(z$x), max(z$x), length.out = 17)[2 * (1:8)])$y, 2)
    list(time = round, position = approx(z$time[first], z$x[first], round)$y)
}

case <- function(name, fit, transform, df = 4, ...) {
    z <- cox.zph(fit, transform = transform, ...)
    list(name = name, df = df, grid = seq(min(z$x), max(z$x), length.out = 40),
         courses = line(z, df), marks = marks(z))
}

v <- read("veteran")
v$celltype <- relevel(factor(v$celltype), ref = "adeno")
# A covariate that does not vary in one stratum.
v$q <- ifelse(v$celltype == "large", 0, v$karno %% 3)
h <- read("heart")
fit <- coxph(Surv(time, status) ~ karno + age + celltype, v, control = tight)
cases <- c(
    lapply(c("km", "rank", "identity", "log"), function(transform)
        case(paste("veteran,", transform), fit, transform)),
    list(
        case("veteran, sqrt", fit, function(t) sqrt(t)),
        case("veteran, singly, df 2", fit, "km", 2, terms = FALSE),
        case("veteran, df 7", fit, "km", 7),
        case("veteran, breslow, strata",
             coxph(Surv(time, status) ~ karno + q + strata(celltype), v, ties = "breslow",
                   control = tight), "km"),
        case("heart, late",
             coxph(Surv(start, stop, event) ~ age + year + surgery, h, control = tight),
             "identity", 3)))
write_cases("courses.json", cases)
