#!/usr/bin/env Rscript
# Standardized survival (the g-formula) from Cox models, by riskRegression::ate.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-standardized.R      writes standardized.json
#
# Times are made different: at ties riskRegression's influences are those of Breslow's rule.
# Restricted means are the integrals of ate's risks, with their influences, over all event times.
# Argument "bootstrap": compares standard errors with those of 2000 bootstrap samples, and writes
# nothing.

source("fixture-json.R")
suppressMessages(library(riskRegression))

v <- read("veteran")
v$time <- v$time + seq_len(nrow(v)) / 1000
v$arm <- factor(v$trt)
v$cell <- factor(v$celltype)
v$site <- factor(seq_len(nrow(v)) %% 2)
models <- list(
    plain = coxph(Surv(time, status) ~ arm + karno + age, v, x = TRUE, y = TRUE, control = tight),
    factors = coxph(Surv(time, status) ~ arm * karno + cell, v, x = TRUE, y = TRUE,
                    control = tight),
    strata = coxph(Surv(time, status) ~ arm + karno + strata(site), v, x = TRUE, y = TRUE,
                   control = tight))
at <- c(30, 100, 250)
tau <- 180

# Survival, and the influences of all rows, at times.
standardized <- function(fit, data, times) {
    a <- ate(fit, treatment = "arm", data = data, times = times, se = TRUE, iid = TRUE,
             band = FALSE, verbose = FALSE)
    r <- a$meanRisk
    list(survival = lapply(levels(data$arm), function(l) 1 - r$estimate[r$treatment == l]),
         iid = lapply(a$iid$GFORMULA, function(m) -m))
}
case <- function(name) {
    fit <- models[[name]]
    s <- standardized(fit, v, at)
    error <- function(x) sqrt(colSums(x^2))
    d <- s$survival[[2]] - s$survival[[1]]
    grid <- sort(unique(v$time[v$status == 1 & v$time < tau]))
    m <- standardized(fit, v, grid)
    widths <- diff(c(0, grid, tau))
    mean <- sapply(m$survival, function(x) sum(widths * c(1, x)))
    influence <- lapply(m$iid, function(x) drop(x %*% widths[-1]))
    dm <- influence[[2]] - influence[[1]]
    list(name = name, times = at,
         survival = c(s$survival[[1]], s$survival[[2]]),
         errors = c(error(s$iid[[1]]), error(s$iid[[2]])),
         difference = d, differenceErrors = error(s$iid[[2]] - s$iid[[1]]),
         ratioErrors = error(sweep(s$iid[[2]], 2, s$survival[[2]], "/")
                             - sweep(s$iid[[1]], 2, s$survival[[1]], "/")),
         mean = mean, meanErrors = sapply(influence, function(x) sqrt(sum(x^2))),
         meanDifferenceError = sqrt(sum(dm^2)))
}
if (identical(commandArgs(TRUE), "bootstrap")) {
    set.seed(1)
    g <- function(data) {
        fit <- coxph(Surv(time, status) ~ arm + karno + age, data)
        sapply(levels(data$arm), function(l) {
            new <- data
            new$arm <- factor(l, levels(data$arm))
            base <- basehaz(fit, centered = FALSE)
            h <- base$hazard[findInterval(at, base$time)]
            x <- model.matrix(fit, model.frame(delete.response(terms(fit)), new, xlev = fit$xlevels))
            colMeans(exp(-exp(drop(x %*% coef(fit))) %o% h))
        })
    }
    draws <- replicate(2000, { s <- g(v[sample(nrow(v), replace = TRUE), ]); c(s, s[, 2] - s[, 1]) })
    c1 <- case("plain")
    print(rbind(influence = c(c1$errors, c1$differenceErrors), bootstrap = apply(draws, 1, sd)))
} else {
    write_cases("standardized.json", lapply(names(models), case))
}
