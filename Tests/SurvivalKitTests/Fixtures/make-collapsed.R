#!/usr/bin/env Rscript
# Residuals of subjects with several rows: residuals(fit, collapse =, weighted =).
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-collapsed.R      writes collapsed.json
#
# heart has several rows for a subject, and one event at most, for which R's deviance residual is right.

source("fixture-json.R")

d <- read("heart")
d$w <- 0.5 + (seq_len(nrow(d)) %% 4) / 2

cases <- unlist(lapply(c("efron", "breslow"), function(ties) {
    fit <- coxph(Surv(start, stop, event) ~ age + year + transplant, d, weights = w, ties = ties,
                 control = tight)
    lapply(c(FALSE, TRUE), function(weighted) {
        kinds <- c("martingale", "deviance", "score", "dfbeta", "dfbetas")
        found <- lapply(kinds, function(k)
            as.matrix(residuals(fit, k, collapse = d$id,
                                weighted = weighted || k %in% c("dfbeta", "dfbetas"))))
        names(found) <- kinds
        list(name = paste(ties, if (weighted) "weighted" else "plain"), ties = ties,
             weighted = weighted + 0, weights = d$w, residuals = found)
    })
}), recursive = FALSE)
write_cases("collapsed.json", cases)
