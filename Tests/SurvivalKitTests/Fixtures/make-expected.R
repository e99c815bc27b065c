#!/usr/bin/env Rscript
# Expected numbers of events and curves along covariate paths by R.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-expected.R      writes expected.json, path.json
#
# Needs R (4.2 was used) and `survival` (3.5), and the files of make-fixtures.R under data/.
#
# expected.json, one case for a model:
#   estimate, standardError   predict(fit, type = "expected", se.fit = TRUE) for the rows of the fit
#   newEstimate, newError     the same for new rows, whose follow-up is (entry, exit]
# path.json, one case for a model and a path of intervals (start, stop] with covariates:
#   times, hazard, error, survival, lower, upper   as survfit(fit, newdata, id =) should give them
#
# survival 3.5 goes wrong in three places, so what stands here is made of curves that it gives rightly:
#   * predict(newdata) with an offset: exp(x'beta) + offset instead of exp(x'beta + offset).
#   * the error of predict() with late entries: the root of V(exit) - V(entry), which is no variance
#     of a difference; with newdata besides it takes both at the entry, and the risk of other rows.
#     Here: the curve of the rows that end after the entry, at the coefficients and
#     with the covariance of the whole fit.
#   * the error of survfit(id =): at any time as if the covariates of that time had held from the
#     beginning, and time counted from the beginning of the path. Here: the likelihood does not change
#     when what the path has at a time is taken from the covariates and offset of everybody, rows being
#     split where the path changes. Then the path is the curve at 0. A change of stratum exchanges
#     the two strata from then on.
# Where R is right, the script stops unless the two agree: estimates of new rows and of paths always,
# errors without late entries, and of fitted rows likewise.

source("fixture-json.R")
scalar <- function(v) structure(v, class = "scalar")
vectors <- json
json <- function(x) if (inherits(x, "scalar")) sprintf("%.17g", unclass(x)) else vectors(x)
rows <- function(d) unname(as.matrix(d))
same <- function(a, b, label) {
    if (!isTRUE(all.equal(unname(a), unname(b), tolerance = 1e-9))) stop(label)
}

# What a model is made of: names of columns of d, which has .start, .stop, .event besides.
fitted_model <- function(d, spec, response = "Surv(.start, .stop, .event)", init = NULL) {
    terms <- c(spec$covariates, if (!is.null(spec$strata)) "strata(.stratum)",
               if (!is.null(spec$offset)) "offset(.offset)")
    arguments <- list(as.formula(paste(response, "~", paste(terms, collapse = " + "))), d,
                      ties = spec$ties, control = tight, x = TRUE, y = TRUE, model = TRUE)
    if (!is.null(spec$weights)) arguments$weights <- as.name(".weight")
    if (!is.null(spec$weights) || !is.null(spec$cluster)) arguments$cluster <- as.name(".cluster")
    if (!is.null(init)) {
        arguments$init <- init
        arguments$control <- coxph.control(iter.max = 0)
    }
    suppressWarnings(do.call(coxph, arguments))
}

prepared <- function(data, spec) {
    d <- read(data)
    d$.start <- if (is.null(spec$entry)) -1 else d[[spec$entry]]
    d$.stop <- d[[spec$time]]
    d$.event <- d[[spec$event]]
    if (!is.null(spec$strata)) d$.stratum <- d[[spec$strata]]
    if (!is.null(spec$offset)) d$.offset <- d[[spec$offset]]
    if (!is.null(spec$weights)) d$.weight <- d[[spec$weights]]
    d$.cluster <- if (is.null(spec$cluster)) seq_len(nrow(d)) else d[[spec$cluster]]
    d
}

# The curve of a row that begins at a time.
curve_from <- function(fit, d, spec, row, from) {
    if (from > min(d$.start)) {
        whole <- fit
        fit <- fitted_model(d[d$.stop > from, ], spec, init = coef(whole))
        fit$var <- whole$var
    }
    survfit(fit, newdata = row, conf.type = "log")
}
growth <- function(fit, d, spec, row, from, to) {
    curve <- curve_from(fit, d, spec, row, from)
    n <- sum(curve$time <= to)
    if (n == 0) c(0, 0) else c(curve$cumhaz[n], curve$std.err[n])
}

header <- function(name, data, spec)
    list(name = paste0(name, ", ", spec$ties), data = data, time = spec$time, event = spec$event,
         eventValue = scalar(1), entry = spec$entry, weights = spec$weights, offset = spec$offset,
         cluster = spec$cluster, covariates = as.list(spec$covariates),
         strata = if (is.null(spec$strata)) list() else list(spec$strata), ties = spec$ties,
         excludedRows = list())
labels_of <- function(spec, d)
    as.list(if (is.null(spec$strata)) rep("", nrow(d)) else as.character(d[[spec$strata]]))
offsets_of <- function(spec, d) if (is.null(spec$offset)) rep(0, nrow(d)) else d[[spec$offset]]

expected <- list()
case <- function(name, data, time, event, covariates, new, entry = NULL, ...) {
    for (ties in c("efron", "breslow")) {
        spec <- list(time = time, event = event, covariates = covariates, entry = entry,
                     ties = ties, ...)
        d <- prepared(data, spec)
        if (!is.null(spec$strata)) new$.stratum <- new[[spec$strata]]
        if (!is.null(spec$offset)) new$.offset <- new[[spec$offset]]
        new$.start <- if (is.null(entry)) -1 else new$entry
        new$.stop <- new$exit
        new$.event <- 0
        fit <- fitted_model(d, spec)
        # The same fit; where nobody enters late, to data that R knows are right-censored.
        plain <- if (is.null(entry)) fitted_model(d, spec, "Surv(.stop, .event)") else fit
        same(coef(plain), coef(fit), paste(name, "coefficients"))
        own <- predict(plain, type = "expected", se.fit = TRUE)
        errors <- vapply(seq_len(nrow(d)), function(i) {
            growth(fit, d, spec, d[i, ], d$.start[i], d$.stop[i])[2]
        }, 0)
        fresh <- t(vapply(seq_len(nrow(new)), function(i) {
            growth(fit, d, spec, new[i, ], new$.start[i], new$.stop[i])
        }, c(0, 0)))
        if (is.null(entry)) same(own$se.fit, errors, paste(name, "errors of fitted rows"))
        if (is.null(spec$offset)) {
            r <- predict(plain, newdata = new, type = "expected", se.fit = TRUE)
            same(r$fit, fresh[, 1], paste(name, "new rows"))
            if (is.null(entry)) same(r$se.fit, fresh[, 2], paste(name, "errors of new rows"))
        }
        expected[[length(expected) + 1]] <<- c(header(name, data, spec), list(
            estimate = unname(own$fit), standardError = errors,
            newCovariates = rows(new[covariates]),
            newEntry = if (!is.null(entry)) new$entry, newExit = new$exit,
            newOffset = offsets_of(spec, new), newStrata = labels_of(spec, new),
            newEstimate = fresh[, 1], newError = fresh[, 2]))
    }
}

paths <- list()
path <- function(name, data, entry, time, event, covariates, intervals, ...) {
    for (ties in c("efron", "breslow")) {
        spec <- list(time = time, event = event, covariates = covariates, entry = entry,
                     ties = ties, ...)
        d <- prepared(data, spec)
        if (!is.null(spec$strata)) intervals$.stratum <- intervals[[spec$strata]]
        if (!is.null(spec$offset)) intervals$.offset <- intervals[[spec$offset]]
        intervals$.start <- intervals$start
        intervals$.stop <- intervals$stop
        intervals$.event <- 0
        intervals$.id <- 1
        n <- nrow(intervals)
        fit <- fitted_model(d, spec)
        r <- survfit(fit, newdata = intervals, id = .id, conf.type = "log")
        # Everybody less what the path has.
        cuts <- intervals$start[-1]
        moved <- if (length(cuts)) survSplit(Surv(.start, .stop, .event) ~ ., d, cut = cuts,
                                             episode = ".part") else transform(d, .part = 1)
        here <- intervals[moved$.part, ]
        for (x in covariates) moved[[x]] <- moved[[x]] - here[[x]]
        if (!is.null(spec$offset)) moved$.offset <- moved$.offset - here$.offset
        zero <- intervals[1, ]
        zero[covariates] <- 0
        zero$.offset <- 0
        if (!is.null(spec$strata)) {
            first <- intervals$.stratum[1]
            old <- moved$.stratum
            moved$.stratum[old == here$.stratum] <- first
            moved$.stratum[old == first] <- here$.stratum[old == first]
        }
        shifted <- fitted_model(moved, spec)
        same(coef(shifted), coef(fit), paste(name, "coefficients"))
        curve <- curve_from(shifted, moved, spec, zero, intervals$start[1])
        # Not the times at which rows were split.
        keep <- curve$time <= intervals$stop[n] & curve$time %in% d$.stop
        own <- curve$time[keep]
        common <- match(round(own, 9), round(r$time + intervals$start[1], 9))
        same(r$cumhaz[common[!is.na(common)]], curve$cumhaz[keep][!is.na(common)],
             paste(name, "hazard"))
        paths[[length(paths) + 1]] <<- c(header(name, data, spec), list(
            starts = intervals$start, stops = intervals$stop,
            pathCovariates = rows(intervals[covariates]), pathOffset = offsets_of(spec, intervals),
            pathStrata = labels_of(spec, intervals),
            times = own, hazard = curve$cumhaz[keep], error = curve$std.err[keep],
            survival = curve$surv[keep], lower = curve$lower[keep], upper = curve$upper[keep]))
    }
}

for (data in c("random1", "random3")) {
    last <- if (data == "random1") 10 else 22
    intervals <- data.frame(start = c(0, 3, 5.5), stop = c(3, 5.5, last), z1 = c(0.3, -1, 1.2),
                            z2 = c(1, 3, 0), stratum = 2, off = c(0.2, 0.5, -0.3))
    path(data, data, "entry", "time", "status", c("z1", "z2"), intervals)
    path(paste0(data, ", w, strata, offset"), data, "entry", "time", "status", c("z1", "z2"),
         intervals, strata = "stratum", weights = "w", offset = "off")
    path(paste0(data, ", begins late, cluster"), data, "entry", "time", "status", c("z1", "z2"),
         intervals[-1, ], weights = "w", cluster = "cluster")
    path(paste0(data, ", changes stratum"), data, "entry", "time", "status", c("z1", "z2"),
         transform(intervals, stratum = c(2, 3, 3)), strata = "stratum")
}
path("heart", "heart", "start", "stop", "event", c("age", "surgery", "transplant"),
     data.frame(start = c(0, 30), stop = c(30, 900), age = 2.5, surgery = 0,
                transplant = c(0, 1)))
path("heart, one interval", "heart", "start", "stop", "event", c("age", "surgery", "transplant"),
     data.frame(start = 0, stop = 1000, age = -3, surgery = 1, transplant = 0))
write_cases("path.json", paths)

for (data in c("random1", "random3")) {
    last <- if (data == "random1") 10 else 22
    new <- data.frame(z1 = c(-1.5, 0, 2, 0.4), z2 = c(0, 3, 1, 2), stratum = c(3, 1, 2, 1),
                      off = c(-0.4, 0, 1.1, 0.3), entry = c(0, 2, 3, 4.5),
                      exit = c(last, last - 1, 5, last))
    for (late in c(FALSE, TRUE)) {
        entry <- if (late) "entry"
        label <- paste0(data, if (late) ", entry")
        case(label, data, "time", "status", c("z1", "z2"), new, entry)
        case(paste0(label, ", w, strata"), data, "time", "status", c("z1", "z2"), new, entry,
             strata = "stratum", weights = "w")
        case(paste0(label, ", offset"), data, "time", "status", c("z1", "z2"), new, entry,
             offset = "off")
        case(paste0(label, ", w, cluster, strata, offset"), data, "time", "status",
             c("z1", "z2"), new, entry, strata = "stratum", weights = "w", cluster = "cluster",
             offset = "off")
    }
}
case("heart", "heart", "stop", "event", c("age", "surgery", "transplant"),
     data.frame(age = c(-17, 4, 0), surgery = c(0, 1, 0), transplant = c(0, 1, 1),
                entry = c(0, 10, 50), exit = c(200, 500, 1000)), "start")
write_cases("expected.json", expected)
