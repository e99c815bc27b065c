#!/usr/bin/env Rscript
# Fine-Gray models by cmprsk::crr and by survival::coxph on the rows of survival::finegray.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-fine-gray.R      writes fine-gray.json
#
# Needs `survival` and `cmprsk` (Debian: apt-get install r-cran-survival r-cran-cmprsk).
#
# finegray(~ strata(g)) splits rows at the event times of their own stratum only, so its rows serve a
# model with strata(g) only; crr has censoring groups without strata.
#
# crr stops at a gradient of 1e-6 unless told otherwise, has Breslow's rule for ties and puts censorings
# before events of the same time, so it is a reference for data without ties only.

source("fixture-json.R")
suppressMessages(library(cmprsk))
set.seed(19990601)

study <- function(n, tied, late = FALSE, clusters = 0) {
    x1 <- round(rnorm(n), 3)
    x2 <- rbinom(n, 1, 0.4)
    x3 <- round(runif(n, -1, 1), 3)
    group <- sample(1:2, n, TRUE)
    cause <- ifelse(runif(n) < plogis(0.4 * x1 - 0.3), 1, 2)
    time <- rexp(n, exp(0.3 * x2 - 0.2 * x3))
    censor <- rexp(n, 0.6 + 0.5 * (group == 2))
    cause <- ifelse(time <= censor, cause, 0)
    stop <- pmin(time, censor)
    stop <- if (tied) ceiling(stop * 8) / 8 else round(stop, 9)
    start <- rep(0, n)
    if (late) {
        start <- ifelse(runif(n) < 0.5, 0, round(stop * runif(n, 0, 0.7), if (tied) 1 else 9))
        start <- pmin(start, stop - 0.01)
        start <- pmax(start, 0)
    }
    list(start = start, stop = stop, cause = cause, x1 = x1, x2 = x2, x3 = x3,
         offset = round(rnorm(n, 0, 0.3), 3), group = group, stratum = sample(1:2, n, TRUE),
         weight = sample(c(0.4, 1, 1.3, 2.2), n, TRUE),
         cluster = if (clusters > 0) sample(clusters, n, TRUE) else seq_len(n))
}

model <- function(name, s, late = FALSE, groups = FALSE, strata = FALSE, offset = FALSE,
                  weighted = FALSE, clustered = FALSE, breslow = FALSE, crr = FALSE) {
    d <- as.data.frame(s)
    d$f <- factor(d$cause, 0:2)
    d$row <- seq_len(nrow(d))
    y <- if (late) "Surv(start, stop, f)" else "Surv(stop, f)"
    rest <- "x1 + x2 + x3 + offset + stratum + cluster + group"
    term <- if (groups) " + strata(group)" else ""
    w <- if (weighted) d$weight else rep(1, nrow(d))
    fg <- finegray(as.formula(paste0(y, " ~ ", rest, term)), d, weights = w, id = row,
                   etype = "1")
    # Which row each expanded row came from: those of a row have its covariates and are adjacent.
    fg$row <- finegray(as.formula(paste0(y, " ~ row", term)), d, weights = w, id = row,
                       etype = "1")$row
    fg$cl <- if (clustered) fg$cluster else fg$row
    right <- paste0("x1 + x2 + x3", if (offset) " + offset(offset)" else "",
                    if (strata) " + strata(stratum)" else "", if (groups) " + strata(group)" else "")
    fit <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", right)), fg,
                 weights = fgwt, cluster = cl, ties = if (breslow) "breslow" else "efron",
                 control = tight)
    gray <- if (crr) {
        one <- if (groups) crr(d$stop, d$cause, cbind(d$x1, d$x2, d$x3), cengroup = d$group,
                               gtol = 1e-15, maxiter = 100)
               else crr(d$stop, d$cause, cbind(d$x1, d$x2, d$x3), gtol = 1e-15, maxiter = 100)
        new <- rbind(c(0.5, 1, -0.2), c(-1, 0, 0.7))
        predicted <- predict(one, new)
        list(coefficients = as.numeric(one$coef), covariance = one$var,
             inverse = one$invinf, logLikelihood = c(one$loglik.null, one$loglik),
             times = predicted[, 1], incidence = t(predicted[, -1]), new = new)
    }
    list(name = name, rows = s, late = late + 0, groups = groups + 0, strata = strata + 0,
         useOffset = offset + 0, weighted = weighted + 0, clustered = clustered + 0,
         breslow = breslow + 0,
         coefficients = as.numeric(coef(fit)), model = fit$naive.var, robust = fit$var,
         logLikelihood = fit$loglik, gray = gray)
}

plain <- study(150, FALSE)
tied <- study(200, TRUE)
late <- study(180, TRUE, late = TRUE)
fine <- study(160, FALSE, late = TRUE)
joined <- study(150, TRUE, clusters = 40)
cases <- list(
    model("untied", plain, crr = TRUE),
    model("untied, groups", plain, groups = TRUE, crr = TRUE),
    model("tied, efron", tied),
    model("tied, breslow", tied, breslow = TRUE),
    model("tied, strata", tied, strata = TRUE),
    model("tied, strata with their own censoring, offset", tied, groups = TRUE,
          offset = TRUE),
    model("tied, weights", tied, weighted = TRUE),
    model("tied, clusters", joined, clustered = TRUE),
    model("tied, clusters, weights, breslow", joined, clustered = TRUE, weighted = TRUE,
          breslow = TRUE),
    model("delayed entry, tied", late, late = TRUE),
    model("delayed entry, untied, groups", fine, late = TRUE, groups = TRUE),
    model("delayed entry, weights, strata, offset", late, late = TRUE, weighted = TRUE,
          strata = TRUE, offset = TRUE))
write_cases("fine-gray.json", cases)
