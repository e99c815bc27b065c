#!/usr/bin/env Rscript
# Survival predicted by the product-limit estimate of Kalbfleisch and Prentice:
# survfit(fit, newdata, stype = 1, ctype = 1).
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-product-limit.R      writes product-limit.json

source("fixture-json.R")

case <- function(name, data, y, terms, new, stratum = NULL, weights = NULL, ties = "efron") {
    d <- read(data)
    d <- d[complete.cases(d[, c(terms, stratum)]), ]
    d$w <- if (is.null(weights)) rep(1, nrow(d)) else 0.5 + (seq_len(nrow(d)) %% weights) / 2
    right <- paste(c(terms, if (!is.null(stratum)) paste0("strata(", stratum, ")")), collapse = " + ")
    fit <- coxph(as.formula(paste(y, "~", right)), d, weights = w, ties = ties, control = tight)
    strata <- if (is.null(stratum)) NA else sort(unique(d[[stratum]]))
    curves <- lapply(strata, function(s) {
        n <- as.data.frame(as.list(new))
        if (!is.null(stratum)) n[[stratum]] <- s
        f <- survfit(fit, n, stype = 1, ctype = 1)
        list(time = f$time[f$n.event > 0], survival = f$surv[f$n.event > 0])
    })
    list(name = name, data = data, terms = as.list(terms), new = as.numeric(new), ties = ties,
         late = grepl("start", y) + 0, stratified = (!is.null(stratum)) + 0,
         weighted = (!is.null(weights)) + 0,
         columns = as.list(d[, terms, drop = FALSE]),
         time = if (grepl("start", y)) d$stop else d$time, start = if (grepl("start", y)) d$start else 0,
         event = if (grepl("start", y)) d$event else as.numeric(d$status == max(d$status)),
         stratum = if (is.null(stratum)) 0 else d[[stratum]], weights = d$w, curves = curves)
}

lung <- "Surv(time, status == 2)"
write_cases("product-limit.json", list(
    case("lung", "lung", lung, c("age", "ph.ecog"), c(age = 60, ph.ecog = 1)),
    case("lung in sex, breslow", "lung", lung, c("age", "ph.ecog"), c(age = 70, ph.ecog = 2),
         stratum = "sex", ties = "breslow"),
    case("lung, weights", "lung", lung, c("age", "ph.ecog"), c(age = 55, ph.ecog = 0), weights = 3),
    case("heart", "heart", "Surv(start, stop, event)", c("age", "year"), c(age = -5, year = 3)),
    case("veteran, weights", "veteran", "Surv(time, status)", c("karno", "age"),
         c(karno = 50, age = 60), weights = 4)))
