#!/usr/bin/env Rscript
# Absolute risks from cause-specific Cox models by riskRegression::CSC.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-absolute-risk.R      writes absolute-risk.json
#
# Needs `survival` and `riskRegression` (Debian: apt-get install r-cran-riskregression).
# Times are not tied: riskRegression takes Breslow's hazard in its influences whatever the ties.

source("fixture-json.R")
suppressMessages(library(riskRegression))
suppressMessages(library(prodlim))
set.seed(20170202)

study <- function(n, causes) {
    x1 <- round(rnorm(n), 3)
    x2 <- rbinom(n, 1, 0.4)
    stratum <- sample(1:2, n, TRUE)
    time <- rexp(n, exp(0.3 * x2 + 0.4 * x1))
    censor <- rexp(n, 0.5)
    cause <- sample(causes, n, TRUE)
    list(stop = round(pmin(time, censor), 9), cause = ifelse(time <= censor, cause, 0),
         x1 = x1, x2 = x2, stratum = stratum)
}

risk <- function(name, s, strata) {
    d <- as.data.frame(s)
    stopifnot(!anyDuplicated(d$stop))
    formula <- if (strata) Hist(stop, cause) ~ x1 + x2 + strata(stratum)
               else Hist(stop, cause) ~ x1 + x2
    fit <- CSC(formula, d, control = tight)
    new <- data.frame(x1 = c(0.5, -1, 0), x2 = c(1, 0, 1), stratum = c(1, 2, 2))
    times <- c(0.1, 0.4, 0.8)
    found <- lapply(sort(unique(d$cause[d$cause > 0])), function(k) {
        p <- predict(fit, newdata = new, times = times, cause = k, se = TRUE, keep.newdata = FALSE,
                     product.limit = FALSE, store = "full")
        list(risk = p$absRisk, error = p$absRisk.se)
    })
    list(name = name, rows = s, strata = strata + 0, times = times,
         new = as.matrix(new), risks = lapply(found, `[[`, "risk"),
         errors = lapply(found, `[[`, "error"))
}

write_cases("absolute-risk.json", list(
    risk("two causes", study(150, 1:2), FALSE),
    risk("three causes", study(200, 1:3), FALSE),
    risk("two causes in strata", study(160, 1:2), TRUE)))
