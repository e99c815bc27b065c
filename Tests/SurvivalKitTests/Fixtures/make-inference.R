#!/usr/bin/env Rscript
# Information criteria, joint Wald tests, contrasts and comparisons of nested models by R.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-inference.R      writes inference.json
#
# Every number is a vector; see fixture-json.R.

source("fixture-json.R")

wald <- function(fit, columns) {
    b <- coef(fit)[columns]
    c(sum(b * solve(vcov(fit)[columns, columns, drop = FALSE], b)), length(columns))
}

case <- function(name, data, large, small, columns, contrast, ...) {
    fit <- coxph(large, data, control = tight, ...)
    reduced <- coxph(small, data, control = tight, ...)
    comparison <- anova(reduced, fit)
    estimate <- sum(contrast * coef(fit))
    list(name = name, aic = AIC(fit), bic = BIC(fit), wald = wald(fit, columns),
         contrast = c(estimate, sqrt(drop(t(contrast) %*% vcov(fit) %*% contrast))),
         ratio = c(comparison[2, "Chisq"], comparison[2, "Df"], comparison[2, 4]))
}

veteran <- read("veteran")
veteran$celltype <- factor(veteran$celltype, c("adeno", "large", "smallcell", "squamous"))
cases <- list()
for (ties in c("efron", "breslow")) {
    cases <- c(cases, list(
        case(paste("veteran,", ties), veteran, Surv(time, status) ~ karno + age + celltype,
             Surv(time, status) ~ karno + age, 3:5, c(0, 0, 1, -1, 0.5), ties = ties),
        case(paste("veteran in strata,", ties), veteran,
             Surv(time, status) ~ karno + age + celltype + strata(trt),
             Surv(time, status) ~ karno + age + strata(trt), 3:5, c(0, 0, 1, -1, 0.5),
             ties = ties)))
}
write_cases("inference.json", cases)
