#!/usr/bin/env Rscript
# Concordances with the weights of R's `timewt`, up to a time, of one or several predictors.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-concordance.R      writes concordance.json
#
# Needs R (4.2 was used) and `survival` (3.5), and the files of make-fixtures.R under data/.
#
# Each case is a data set, its predictors, and for each predictor what `concordance` says:
#   estimate, standardError, count (concordant, discordant, tied x, tied time)
# covariance is the sum of products of dfbeta over rows or clusters. R's own joint `vcov` is that where
# there are no weights, which is checked here; with weights survival 3.5 counts them once more.
# R gives a stratum with one event the weights "n" whatever was asked for; no case has one.
# With (start, stop] R refuses "n/G2" and "S/G", and survival 3.5 crashes for "S" and "I".
# concordance-pairs.json: linear predictors of two Cox models, by `concordance(fit1, fit2)`.

source("fixture-json.R")
weighting <- c(harrell = "n", uno = "n/G2", schemper = "S/G", peto = "S", `log-rank` = "I")
cases <- list()

# A number by itself, where fixture-json.R writes a vector, and a text that is no vector either.
scalar <- function(v) structure(v, class = "scalar")
vectors <- json
json <- function(x) if (inherits(x, "scalar")) sprintf("%.17g", unclass(x)) else vectors(x)

case <- function(name, data, time, event, eventValue = 1, predictors, entry = NULL, strata = NULL,
                 weights = NULL, cluster = NULL, limits = NULL) {
    d <- read(data)
    used <- c(time, event, entry, predictors, strata, weights, cluster)
    excluded <- which(!complete.cases(d[used]))
    if (length(excluded)) d <- d[-excluded, ]
    y <- if (is.null(entry)) Surv(d[[time]], d[[event]] == eventValue) else
        Surv(d[[entry]], d[[time]], d[[event]] == eventValue)
    for (w in names(weighting)) {
        if (!is.null(entry) && w != "harrell") next
        for (limit in c(NA, limits)) {
            arguments <- list(y = y, timewt = weighting[[w]], reverse = TRUE, influence = 1)
            if (!is.null(strata)) arguments$strata <- d[[strata]]
            if (!is.null(weights)) arguments$weights <- d[[weights]]
            if (!is.null(cluster)) arguments$cluster <- d[[cluster]]
            if (!is.na(limit)) arguments$ymax <- limit
            fits <- lapply(predictors, function(x) {
                do.call(survival:::concordancefit, c(arguments, list(x = d[[x]])))
            })
            dfbeta <- sapply(fits, function(f) f$dfbeta)
            counts <- lapply(fits, function(f) {
                count <- if (is.matrix(f$count)) colSums(f$count) else f$count
                # R counts tied times with equal predictors apart.
                unname(c(count[1:3], sum(count[4:5])))
            })
            cases[[length(cases) + 1]] <<- list(
                name = paste0(name, ", ", w, if (!is.na(limit)) paste(" to", limit)),
                data = data, time = time, event = event, eventValue = scalar(eventValue),
                entry = entry, strata = if (is.null(strata)) list() else list(strata),
                weights = weights, cluster = cluster, predictors = as.list(predictors),
                weighting = w, limit = if (!is.na(limit)) scalar(limit),
                excludedRows = as.numeric(excluded),
                estimates = sapply(fits, function(f) unname(f$concordance)),
                standardErrors = sapply(fits, function(f) sqrt(f$var)),
                counts = counts, covariance = crossprod(dfbeta))
        }
    }
}
for (data in c("random1", "random3")) {
    limits <- if (data == "random1") c(4, 9) else c(10, 18)
    case(data, data, "time", "status", predictors = c("z1", "z2", "off"), limits = limits)
    case(paste0(data, ", w"), data, "time", "status", predictors = c("z1", "z2", "off"),
         weights = "w", limits = limits[1])
    case(paste0(data, ", w, cluster, strata"), data, "time", "status",
         predictors = c("z1", "off"), weights = "w", cluster = "cluster", strata = "stratum",
         limits = limits[1])
    case(paste0(data, ", entry, strata"), data, "time", "status", predictors = c("z1", "z2"),
         entry = "entry", strata = "stratum", limits = limits[1])
    case(paste0(data, ", entry, w, cluster"), data, "time", "status", predictors = c("z1", "z2"),
         entry = "entry", weights = "w", cluster = "cluster", limits = limits[2])
}
case("lung", "lung", "time", "status", 2, predictors = c("age", "ph.ecog", "wt.loss"),
     limits = c(183, 365.25, 735))
case("lung in sex, cluster inst", "lung", "time", "status", 2,
     predictors = c("age", "ph.ecog"), strata = "sex", cluster = "inst", limits = 365.25)
case("veteran", "veteran", "time", "status", predictors = c("karno", "age", "diagtime"),
     limits = c(90, 180))
case("heart", "heart", "stop", "event", predictors = c("age", "year"), entry = "start",
     cluster = "id", limits = 200)

pair <- function(name, data, first, second, limit = NULL) {
    fits <- lapply(c(first, second), function(f) {
        coxph(as.formula(f), data, control = tight, x = TRUE, y = TRUE)
    })
    for (w in names(weighting)) {
        arguments <- list(fits[[1]], fits[[2]], timewt = weighting[[w]], influence = 1)
        if (!is.null(limit)) arguments$ymax <- limit
        both <- do.call(concordance, arguments)
        stopifnot(all.equal(unname(vcov(both)), unname(crossprod(both$dfbeta)), tolerance = 1e-13))
        difference <- diff(coef(both))
        error <- sqrt(drop(c(-1, 1) %*% vcov(both) %*% c(-1, 1)))
        pairs[[length(pairs) + 1]] <<- list(
            name = paste0(name, ", ", w), weighting = w,
            limit = if (!is.null(limit)) scalar(limit),
            estimates = unname(coef(both)), covariance = unname(vcov(both)),
            difference = unname(c(difference, error, difference / error)))
    }
}
pairs <- list()
veteran <- read("veteran")
veteran$celltype <- factor(veteran$celltype, c("adeno", "large", "smallcell", "squamous"))
pair("veteran", veteran, "Surv(time, status) ~ karno",
     "Surv(time, status) ~ karno + age + celltype")
pair("veteran to 180", veteran, "Surv(time, status) ~ karno",
     "Surv(time, status) ~ karno + age + celltype", 180)
write_cases("concordance.json", cases)
write_cases("concordance-pairs.json", pairs)
