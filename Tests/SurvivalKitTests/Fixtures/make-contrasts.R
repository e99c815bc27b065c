#!/usr/bin/env Rscript
# Differences and ratios of restricted means and of survival between two groups.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-contrasts.R      writes contrasts.json
#
# Restricted means and their variances are those of survRM2 (Uno et al. 2014), by their formulas from
# survfit; survRM2 itself is not needed.

source("fixture-json.R")

rmst <- function(fit, tau) {
    at <- fit$time <= tau
    time <- c(fit$time[at], tau)
    areas <- diff(c(0, time)) * c(1, fit$surv[at])
    left <- rev(cumsum(rev(areas[-1])))
    d <- fit$n.event[at]; n <- fit$n.risk[at]
    term <- ifelse(n == d, 0, d / (n * (n - d)))
    c(sum(areas), sum(left^2 * term))
}
compare <- function(a, b) {
    d <- a[1] - b[1]; sd <- sqrt(a[2] + b[2])
    r <- log(a[1] / b[1]); sr <- sqrt(a[2] / a[1]^2 + b[2] / b[1]^2)
    z <- qnorm(0.975)
    list(estimates = c(a[1], b[1]),
         difference = c(d, sd, d - z * sd, d + z * sd, 2 * pnorm(-abs(d / sd))),
         ratio = c(exp(r), sr, exp(r - z * sr), exp(r + z * sr), 2 * pnorm(-abs(r / sr))))
}
case <- function(data, time, status, group, level, times, event = 1) {
    d <- read(data)
    d$y <- Surv(d[[time]], d[[status]] == event)
    fits <- lapply(level, function(l) survfit(y ~ 1, d[d[[group]] == l, ]))
    lapply(times, function(t) {
        survival <- lapply(fits, function(f) {
            s <- summary(f, times = t)
            c(s$surv, s$std.err^2)
        })
        c(list(name = data, time = t),
          setNames(list(compare(rmst(fits[[1]], t), rmst(fits[[2]], t))), "mean"),
          setNames(list(compare(survival[[1]], survival[[2]])), "survival"))
    })
}
flatten <- function(cases) lapply(cases, function(x)
    list(name = x$name, time = x$time,
         means = x$mean$estimates, meanDifference = x$mean$difference, meanRatio = x$mean$ratio,
         survivals = x$survival$estimates, survivalDifference = x$survival$difference,
         survivalRatio = x$survival$ratio))

write_cases("contrasts.json", flatten(c(
    case("veteran", "time", "status", "trt", c(2, 1), c(30, 80.5, 182.5, 365)),
    case("lung", "time", "status", "sex", c(1, 2), c(100, 365, 700), event = 2),
    case("freireich", "time", "status", "treatment", c("6-MP", "placebo"), c(6, 10.5, 22)))))
