#!/usr/bin/env Rscript
# Natural cubic splines by splines::ns.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-spline.R      writes spline.json
#
# predictors: differences of the linear predictor from that at the first of `at`, with their
# standard errors.

source("fixture-json.R")
library(splines)

case <- function(name, formula, data, at, ...) {
    fit <- coxph(formula, data, control = tight, x = TRUE, ...)
    new <- data[rep(1, length(at)), ]
    new$age <- at
    rows <- model.matrix(fit, model.frame(delete.response(terms(fit)), new,
                                          xlev = fit$xlevels))
    rows <- sweep(rows, 2, rows[1, ])
    list(name = name, at = at, loglik = fit$loglik,
         predictors = drop(rows %*% coef(fit)),
         errors = sqrt(pmax(0, diag(rows %*% vcov(fit) %*% t(rows)))),
         knots = as.numeric(attr(ns(data$age, df = 3), "knots")))
}

v <- read("veteran")
at <- c(34, 40.5, 51, 62, 62.5, 66, 70, 81, 20, 95)
cases <- list(
    case("df 1", Surv(time, status) ~ karno + ns(age, df = 1), v, at),
    case("df 3", Surv(time, status) ~ karno + ns(age, df = 3), v, at),
    case("df 5", Surv(time, status) ~ karno + ns(age, df = 5), v, at),
    case("df 4, strata, breslow",
         Surv(time, status) ~ karno + ns(age, df = 4) + strata(trt), v, at, ties = "breslow"),
    case("knots 45 60",
         Surv(time, status) ~ karno + ns(age, knots = c(45, 60)), v, at),
    case("knots 50 65 within 40 75",
         Surv(time, status) ~ karno + ns(age, knots = c(50, 65), Boundary.knots = c(40, 75)), v, at))
write_cases("spline.json", cases)
