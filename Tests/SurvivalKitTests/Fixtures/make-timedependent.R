#!/usr/bin/env Rscript
# Coefficients that change with time, by coxph's tt().
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-timedependent.R    writes timedependent.json

source("fixture-json.R")

case <- function(name, formula, data, ties = "efron", weighted = FALSE) {
    change <- function(x, t, ...) x * log(t + 20)
    fit <- if (weighted) coxph(formula, data, weights = w, cluster = id, ties = ties,
                               control = tight, tt = change)
           else coxph(formula, data, ties = ties, control = tight, tt = change)
    naive <- if (is.null(fit$naive.var)) fit$var else fit$naive.var
    list(name = name, coefficients = unname(coef(fit)), errors = sqrt(diag(naive)),
         robust = if (!is.null(fit$naive.var)) sqrt(diag(fit$var)) else numeric(0),
         loglik = fit$loglik, score = fit$score)
}

v <- read("veteran")
v$w <- 0.5 + (seq_len(nrow(v)) %% 4) / 2
v$id <- seq_len(nrow(v))
h <- read("heart")
cases <- list(
    case("veteran, efron", Surv(time, status) ~ trt + karno + tt(karno), v),
    case("veteran, breslow", Surv(time, status) ~ trt + karno + tt(karno), v, ties = "breslow"),
    case("veteran, efron, strata", Surv(time, status) ~ trt + karno + tt(karno) + strata(celltype),
         v),
    case("veteran, efron, weights", Surv(time, status) ~ trt + karno + tt(karno), v, weighted = TRUE),
    case("veteran, breslow, strata, weights",
         Surv(time, status) ~ trt + karno + tt(karno) + strata(celltype), v, weighted = TRUE, ties = "breslow"),
    case("heart, efron, late", Surv(start, stop, event) ~ age + surgery + tt(age), h))
write_cases("timedependent.json", cases)
