#!/usr/bin/env Rscript
# Writes the reference values that SurvivalKit's tests compare against.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-fixtures.R
#
# Needs R (4.2 was used), `survival` (3.5) and, for one data set, `KMsurv`.
# Debian: apt-get install r-base-core r-cran-survival r-cran-kmsurv
#
# Output:
#   data/<name>.csv    every data set, as plain CSV, NA as an empty cell
#   survfit.json       survival curves
#   survdiff.json      log-rank and Harrington-Fleming tests
#   coxph.json         Cox models
#   sessionInfo.txt    versions
#   ../../../Sources/CohortModels/Resources/bone-marrow-transplant.csv
#
# Every number is written with up to 17 significant digits and reads back as the same
# double. NA, NaN and infinities are null.
# The values are R's own, except in two places where survival 3.5 is wrong; both
# are marked "CORRECTION" below, and the cases say so in "note".

suppressMessages({
    library(survival)
})
options(warn = 1, stringsAsFactors = FALSE)
invisible(Sys.setlocale("LC_COLLATE", "C"))   # sort labels by code point
set.seed(20240229)

# ---------------------------------------------------------------- writing ----

# A decimal form that reads back exactly: up to 13 digits where those will do, else 17.
# (R's own reader is now and then off by one unit in the last place for 15 or 16 digits,
# so it cannot be the judge of those.)
decimal <- function(v) {
    short <- sprintf("%.13g", v)
    ifelse(!is.finite(v) | suppressWarnings(as.numeric(short)) == v, short, sprintf("%.17g", v))
}

# A vector that stays a JSON array even when it has one element.
arr <- function(v) structure(list(v), class = "json_array")

scalars <- function(v) {
    if (is.logical(v)) return(ifelse(is.na(v), "null", ifelse(v, "true", "false")))
    if (is.numeric(v)) return(ifelse(is.finite(v), decimal(as.numeric(v)), "null"))
    v <- as.character(v)
    ifelse(is.na(v), "null",
           paste0('"', gsub('"', '\\\\"', gsub("\\\\", "\\\\\\\\", v)), '"'))
}

json <- function(x) {
    if (is.null(x)) return("null")
    if (inherits(x, "json_array")) {
        v <- unclass(x)[[1]]
        return(paste0("[", paste(if (length(v)) scalars(unname(v)), collapse = ","), "]"))
    }
    if (is.matrix(x)) {
        rows <- if (nrow(x)) vapply(seq_len(nrow(x)), function(i) json(arr(x[i, ])), "")
        return(paste0("[", paste(rows, collapse = ","), "]"))
    }
    if (is.list(x)) {
        if (is.null(names(x)))
            return(paste0("[", paste(vapply(x, json, ""), collapse = ","), "]"))
        return(paste0("{", paste0('"', names(x), '":', vapply(x, json, ""),
                                  collapse = ","), "}"))
    }
    stopifnot(length(x) == 1)
    scalars(unname(x))
}

# One case a line, so that a change shows up as a readable diff.
write_cases <- function(file, cases) {
    names <- vapply(cases, function(x) x$name, "")
    stopifnot(!anyDuplicated(names))
    generator <- sprintf("R %s, survival %s", getRversion(), packageVersion("survival"))
    writeLines(c(paste0('{"generator":', json(generator), ',"cases":['),
                 paste0(vapply(cases, json, ""),
                        c(rep(",", length(cases) - 1), "")), "]}"), file)
}

write_csv <- function(d, file) {
    cells <- vapply(d, function(v) {
        out <- if (is.numeric(v)) decimal(as.numeric(v)) else as.character(v)
        out[is.na(v)] <- ""
        out
    }, character(nrow(d)))
    stopifnot(!grepl('[",\n]', cells))
    writeLines(c(paste(names(d), collapse = ","), apply(cells, 1, paste, collapse = ",")), file)
}

# ------------------------------------------------------------------- data ----

sets <- list()
sets$aml <- aml
sets$lung <- lung
sets$veteran <- veteran
sets$ovarian <- ovarian
sets$kidney <- kidney
sets$heart <- heart
sets$colon <- colon
sets$colon_death <- colon[colon$etype == 2, ]
sets$pbc <- pbc
# Recurrent infections in chronic granulomatous disease, (tstart, tstop] rows.
sets$cgd <- cgd[c("id", "treat", "sex", "age", "height", "weight", "inherit", "steroids",
                  "propylac", "hos.cat", "tstart", "enum", "tstop", "status")]
data("bmt", package = "KMsurv", envir = environment())
sets$bmt <- data.frame(id = seq_len(nrow(bmt)), bmt)

# Therneau's validation data ("A package for survival analysis in R", the
# vignette on validation): small enough to check by hand.
sets$test1 <- data.frame(time = c(1, 1, 6, 6, 8, 9), status = c(1, 0, 1, 1, 0, 1),
                         x = c(1, 1, 1, 0, 0, 0))
sets$test2 <- data.frame(start = c(1, 2, 5, 2, 1, 7, 3, 4, 8, 8),
                         stop = c(2, 3, 6, 7, 8, 9, 9, 9, 14, 17),
                         event = c(1, 1, 1, 1, 1, 1, 1, 0, 0, 0),
                         x = c(1, 0, 0, 1, 0, 1, 1, 1, 0, 0))
sets$test3 <- data.frame(time = c(1, 1, 2, 2, 2, 2, 3, 4, 5),
                         status = c(1, 0, 1, 1, 1, 0, 0, 1, 0),
                         x = c(2, 0, 1, 1, 0, 1, 0, 1, 0),
                         w = c(1, 2, 3, 4, 3, 2, 1, 2, 1))

# Remission times in acute leukemia, Freireich et al. (1963).
sets$freireich <- data.frame(
    time = c(1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23,
             6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35),
    status = c(rep(1, 21),
               1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0),
    treatment = rep(c("placebo", "6-MP"), each = 21),
    placebo = rep(c(1, 0), each = 21))

# Times that are equal but for rounding errors: the default timefix joins them.
sets$neartie <- local({
    day <- rep(1:20, 3)
    noise <- c(rep(0, 20), (1:20) / 365.25 * 365.25 - 1:20, sample(-6:6, 20, TRUE) * 2^-52 * 1:20)
    entry <- pmax(0, day - sample(1:9, 60, TRUE))
    data.frame(entry = entry * (1 + sample(-3:3, 60, TRUE) * 2^-52), time = day + noise,
               status = rbinom(60, 1, 0.65), x = round(rnorm(60), 2),
               group = sample(c("a", "b"), 60, TRUE))
})

# Everything at once: ties, delayed entry, two kinds of weights, clusters, strata,
# a factor, an offset. `hole` of random4 has missing cells.
random_set <- function(n, last) {
    z1 <- round(rnorm(n), 2)
    z2 <- rbinom(n, 3, 0.4)
    f <- sample(c("a", "b", "c"), n, TRUE, c(0.4, 0.35, 0.25))
    cluster <- sample(ceiling(seq_len(n) / 3))
    frailty <- rgamma(n, 2, 2)[cluster]
    rate <- frailty * exp(0.5 * z1 - 0.3 * z2 + 0.6 * (f == "b")) / (last / 2)
    time <- pmin(last, ceiling(rexp(n, rate)))
    status <- as.numeric(runif(n) < 0.75 & time < last)
    entry <- pmax(0, time - sample.int(last, n, TRUE))
    data.frame(row = seq_len(n), entry, time, status, z1, z2, f,
               group = sample(c("high", "low", "mid"), n, TRUE),
               stratum = sample(1:3, n, TRUE), cluster,
               w = round(runif(n, 0.3, 2.7), 2), fw = sample(1:4, n, TRUE),
               off = round(rnorm(n, 0.2, 0.4), 2),
               z1double = 2 * z1, fb = as.numeric(f == "b"))
}
sets$random1 <- random_set(60, 12)
sets$random2 <- random_set(90, 15)
sets$random3 <- random_set(150, 25)
sets$random4 <- random_set(200, 30)
sets$random4$hole <- replace(round(rnorm(200), 2), sample(200, 13), NA)

dir.create("data", showWarnings = FALSE)
for (name in names(sets)) write_csv(sets[[name]], file.path("data", paste0(name, ".csv")))
resources <- "../../../Sources/CohortModels/Resources"
dir.create(resources, recursive = TRUE, showWarnings = FALSE)
write_csv(sets$bmt, file.path(resources, "bone-marrow-transplant.csv"))

# Labels in code-point order, or numeric order for numeric columns.
sorted_factor <- function(v, reference = NULL) {
    levels <- if (is.numeric(v)) as.character(sort(unique(v))) else
        sort(unique(as.character(v)), method = "radix")
    if (!is.null(reference)) {
        stopifnot(as.character(reference) %in% levels)
        levels <- c(as.character(reference), setdiff(levels, as.character(reference)))
    }
    factor(as.character(v), levels)
}

# Columns of the data set that the fit uses, rows without a missing cell only.
working_data <- function(data, columns) {
    d <- sets[[data]]
    keep <- complete.cases(d[columns])
    list(d = d[keep, , drop = FALSE], excluded = which(!keep), rows = which(keep))
}

# ---------------------------------------------------------------- survfit ----

survfit_cases <- list()

curve_case <- function(name, data, time, event, eventValue = 1, entry = NULL, group = NULL,
                       weights = NULL, cluster = NULL, id = NULL,
                       robust = !is.null(cluster), estimator = "kaplan-meier",
                       interval = "log", level = 0.95, rmean = "common") {
    work <- working_data(data, c(time, event, entry, group, weights, cluster, id))
    d <- work$d
    d$.event <- as.numeric(as.character(d[[event]]) == as.character(eventValue))
    d$.group <- if (is.null(group)) factor("all") else sorted_factor(d[[group]])
    d$.weight <- if (is.null(weights)) 1 else d[[weights]]
    # Robust without a cluster column: every row is a cluster of its own.
    d$.cluster <- if (is.null(cluster)) seq_len(nrow(d)) else d[[cluster]]

    y <- if (is.null(entry)) sprintf("Surv(%s, .event)", time) else
        sprintf("Surv(%s, %s, .event)", entry, time)
    arguments <- list(
        formula = as.formula(paste(y, if (is.null(group)) "~ 1" else "~ .group")), data = d,
        weights = as.name(".weight"), robust = robust,
        stype = if (estimator == "kaplan-meier") 1 else 2,
        ctype = if (estimator == "fleming-harrington") 2 else 1,
        conf.type = if (interval == "arcsine") "arcsin" else interval, conf.int = level)
    if (robust && (is.null(id) || !is.null(cluster))) arguments$cluster <- as.name(".cluster")
    if (!is.null(id)) arguments$id <- as.name(id)
    fit <- do.call(survfit, arguments)

    # CORRECTION 1. For a robust stype = 2, ctype = 1 curve, survival 3.5 takes the
    # standard error of the cumulative hazard for that of the survival probability
    # (`logse` is FALSE and should be TRUE), so its limits are wrong too. Here
    # they are worked out as R does for stype = 2, ctype = 2.
    note <- NULL
    if (robust && estimator == "nelson-aalen") {
        stopifnot(!fit$logse, all.equal(fit$std.err, fit$std.chaz))
        fit$logse <- TRUE
        limits <- survival:::survfit_confint(fit$surv, fit$std.err, TRUE, fit$conf.type, level)
        fit$lower <- limits$lower
        fit$upper <- limits$upper
        note <- "standard error and limits corrected: survival 3.5 has logse wrong here"
    }

    strata <- if (is.null(fit$strata)) setNames(length(fit$time), "all") else fit$strata
    labels <- sub("^[.]group=", "", names(strata))
    curve <- rep(seq_along(strata), strata)
    q <- quantile(fit, c(0.25, 0.5, 0.75))
    q <- lapply(q, function(v) matrix(v, nrow = length(strata)))
    means <- summary(fit, rmean = rmean)
    table <- means$table
    if (!is.matrix(table)) table <- t(table)
    upTo <- rep_len(means$rmean.endtime, length(strata))

    curves <- lapply(seq_along(strata), function(i) {
        at <- curve == i
        take <- function(v) arr(v[at])
        list(group = labels[i], subjects = fit$n[i], events = sum(fit$n.event[at]),
             time = take(fit$time), atRisk = take(fit$n.risk),
             eventCount = take(fit$n.event), censoredCount = take(fit$n.censor),
             # Without an id, survival 3.5 counts entries before the first time only.
             enteredCount = if (!is.null(fit$n.enter) && !is.null(id)) take(fit$n.enter),
             survival = take(fit$surv),
             standardError = take(if (fit$logse) fit$surv * fit$std.err else fit$std.err),
             lower = take(fit$lower), upper = take(fit$upper),
             cumulativeHazard = take(fit$cumhaz),
             cumulativeHazardStandardError = take(fit$std.chaz),
             quantiles = lapply(1:3, function(k)
                 list(probability = c(0.25, 0.5, 0.75)[k], estimate = q$quantile[i, k],
                      lower = q$lower[i, k], upper = q$upper[i, k])),
             restrictedMean = list(upTo = upTo[i], estimate = table[i, "rmean"],
                                   standardError = table[i, "se(rmean)"]))
    })
    case <- list(name = name, data = data, time = time, entry = entry, event = event,
                 eventValue = eventValue, group = group, weights = weights, cluster = cluster,
                 id = id, robust = robust, estimator = estimator, interval = interval,
                 level = level, excludedRows = arr(work$excluded), note = note, curves = curves)
    survfit_cases[[length(survfit_cases) + 1]] <<- case
}

estimators <- c("kaplan-meier", "nelson-aalen", "fleming-harrington")
intervals <- c("log", "log-log", "plain", "logit", "arcsine")

# Right-censored data.
for (interval in intervals) for (level in c(0.95, 0.9))
    curve_case(sprintf("aml by x, %s %g", interval, level), "aml", "time", "status",
               group = "x", interval = interval, level = level)
for (estimator in estimators[-1]) for (interval in intervals)
    curve_case(sprintf("aml by x, %s, %s", estimator, interval), "aml", "time", "status",
               group = "x", estimator = estimator, interval = interval)
curve_case("aml, all", "aml", "time", "status")
curve_case("aml by x, rmean 24", "aml", "time", "status", group = "x", rmean = 24)
curve_case("aml by x, rmean 200", "aml", "time", "status", group = "x", rmean = 200)
curve_case("aml by x, robust", "aml", "time", "status", group = "x", robust = TRUE)
curve_case("lung, log 0.95", "lung", "time", "status", 2)
curve_case("lung, log-log 0.9", "lung", "time", "status", 2, interval = "log-log", level = 0.9)
curve_case("lung by sex", "lung", "time", "status", 2, group = "sex")
curve_case("lung by ph.ecog, rmean 365", "lung", "time", "status", 2, group = "ph.ecog",
           rmean = 365)
curve_case("lung by sex, fleming-harrington", "lung", "time", "status", 2, group = "sex",
           estimator = "fleming-harrington", interval = "plain")
curve_case("veteran by celltype", "veteran", "time", "status", group = "celltype")
curve_case("veteran by trt, logit", "veteran", "time", "status", group = "trt", interval = "logit")
curve_case("ovarian by rx", "ovarian", "futime", "fustat", group = "rx")
curve_case("ovarian, nelson-aalen", "ovarian", "futime", "fustat", estimator = "nelson-aalen")
curve_case("kidney by sex", "kidney", "time", "status", group = "sex")
for (estimator in estimators)
    curve_case(paste("kidney by sex, cluster id,", estimator), "kidney", "time", "status",
               group = "sex", cluster = "id", estimator = estimator)
curve_case("kidney, cluster id, log-log", "kidney", "time", "status", cluster = "id",
           interval = "log-log")
curve_case("colon_death by rx", "colon_death", "time", "status", group = "rx")
curve_case("pbc by edema", "pbc", "time", "status", 2, group = "edema", interval = "log-log")
curve_case("bmt by group", "bmt", "t2", "d3", group = "group", interval = "log-log")
curve_case("bmt by group, death, arcsine", "bmt", "t1", "d1", group = "group",
           interval = "arcsine")
curve_case("test1", "test1", "time", "status")
curve_case("test1 by x, robust", "test1", "time", "status", group = "x", robust = TRUE)
for (estimator in estimators) {
    curve_case(paste("test3 weighted,", estimator), "test3", "time", "status", weights = "w",
               estimator = estimator)
    curve_case(paste("test3 weighted, robust,", estimator), "test3", "time", "status",
               weights = "w", robust = TRUE, estimator = estimator)
    curve_case(paste("freireich by treatment,", estimator), "freireich", "time", "status",
               group = "treatment", estimator = estimator)
}
curve_case("neartie", "neartie", "time", "status")
curve_case("neartie by group, fleming-harrington", "neartie", "time", "status",
           group = "group", estimator = "fleming-harrington")

# (start, stop] rows.
for (estimator in estimators)
    curve_case(paste("test2,", estimator), "test2", "stop", "event", entry = "start",
               estimator = estimator)
curve_case("heart", "heart", "stop", "event", entry = "start")
curve_case("heart, id", "heart", "stop", "event", entry = "start", id = "id")
curve_case("heart, id, robust", "heart", "stop", "event", entry = "start", id = "id",
           robust = TRUE)
curve_case("heart by transplant", "heart", "stop", "event", entry = "start",
           group = "transplant")
curve_case("heart by transplant, cluster id", "heart", "stop", "event", entry = "start",
           group = "transplant", cluster = "id", interval = "log-log")
curve_case("cgd by treat, cluster id", "cgd", "tstop", "status", entry = "tstart",
           group = "treat", cluster = "id")
curve_case("cgd, id, fleming-harrington", "cgd", "tstop", "status", entry = "tstart",
           id = "id", robust = TRUE, estimator = "fleming-harrington")
curve_case("neartie, entry", "neartie", "time", "status", entry = "entry")

for (data in paste0("random", 1:4)) {
    # estimator x (weights, cluster), grouped; intervals take turns.
    turn <- 0
    for (estimator in estimators)
        for (weighting in c("none", "integer", "w", "w robust", "cluster", "w cluster")) {
            turn <- turn + 1
            late <- (turn + as.numeric(substring(data, 7))) %% 2 == 0
            curve_case(paste(c(data, "by group", estimator, if (late) "entry", weighting),
                             collapse = ", "),
                       data, "time", "status", entry = if (late) "entry", group = "group",
                       weights = if (weighting == "integer") "fw" else
                           if (grepl("^w", weighting)) "w",
                       cluster = if (grepl("cluster", weighting)) "cluster",
                       robust = grepl("robust|cluster", weighting), estimator = estimator,
                       interval = intervals[turn %% 5 + 1], level = if (turn %% 4) 0.95 else 0.8,
                       rmean = if (turn %% 3) "common" else 7.5)
        }
    curve_case(paste(data, "all, entry, w robust", sep = ", "), data, "time", "status",
               entry = "entry", weights = "w", robust = TRUE)
}
write_cases("survfit.json", survfit_cases)

# --------------------------------------------------------------- survdiff ----

survdiff_cases <- list()

test_case <- function(name, data, time, event, eventValue = 1, group, strata = NULL, rho = 0) {
    work <- working_data(data, c(time, event, group, strata))
    d <- work$d
    d$.event <- as.numeric(as.character(d[[event]]) == as.character(eventValue))
    d$.group <- sorted_factor(d[[group]])
    terms <- c(".group", if (length(strata))
        sprintf("strata(%s)", paste(strata, collapse = ", ")))
    fit <- survdiff(as.formula(sprintf("Surv(%s, .event) ~ %s", time,
                                       paste(terms, collapse = " + "))), data = d, rho = rho)
    total <- function(v) if (is.matrix(v)) rowSums(v) else v
    df <- sum(total(fit$exp) > 0) - 1
    case <- list(name = name, data = data, time = time, event = event, eventValue = eventValue,
                 group = group, strata = arr(strata), rho = rho,
                 groups = arr(levels(d$.group)), subjects = arr(as.vector(fit$n)),
                 observed = arr(total(fit$obs)), expected = arr(total(fit$exp)),
                 covariance = as.matrix(fit$var), statistic = fit$chisq,
                 degreesOfFreedom = df, pValue = pchisq(fit$chisq, df, lower.tail = FALSE),
                 excludedRows = arr(work$excluded))
    survdiff_cases[[length(survdiff_cases) + 1]] <<- case
}

for (rho in c(0, 1, 0.5)) {
    add <- function(name, ...) test_case(sprintf("%s, rho %g", name, rho), ..., rho = rho)
    add("aml by x", "aml", "time", "status", group = "x")
    add("lung by sex", "lung", "time", "status", 2, group = "sex")
    add("lung by ph.ecog", "lung", "time", "status", 2, group = "ph.ecog")
    add("lung by sex in ph.ecog", "lung", "time", "status", 2, group = "sex", strata = "ph.ecog")
    add("lung by sex in inst", "lung", "time", "status", 2, group = "sex", strata = "inst")
    add("veteran by celltype", "veteran", "time", "status", group = "celltype")
    add("veteran by celltype in trt and prior", "veteran", "time", "status",
        group = "celltype", strata = c("trt", "prior"))
    add("ovarian by rx", "ovarian", "futime", "fustat", group = "rx")
    add("ovarian by rx in ecog.ps", "ovarian", "futime", "fustat", group = "rx",
        strata = "ecog.ps")
    add("kidney by disease", "kidney", "time", "status", group = "disease")
    add("colon_death by rx", "colon_death", "time", "status", group = "rx")
    add("colon_death by rx in extent", "colon_death", "time", "status", group = "rx",
        strata = "extent")
    add("pbc by trt", "pbc", "time", "status", 2, group = "trt")
    add("pbc by edema in sex", "pbc", "time", "status", 2, group = "edema", strata = "sex")
    add("bmt by group", "bmt", "t2", "d3", group = "group")
    add("bmt by group in z10", "bmt", "t2", "d3", group = "group", strata = "z10")
    add("test1 by x", "test1", "time", "status", group = "x")
    add("freireich by treatment", "freireich", "time", "status", group = "treatment")
    add("neartie by group", "neartie", "time", "status", group = "group")
    for (data in paste0("random", 1:4)) {
        add(paste(data, "by group"), data, "time", "status", group = "group")
        add(paste(data, "by f in stratum"), data, "time", "status", group = "f",
            strata = "stratum")
        add(paste(data, "by group in stratum and f"), data, "time", "status",
            group = "group", strata = c("stratum", "f"))
    }
}
write_cases("survdiff.json", survdiff_cases)

# ------------------------------------------------------------------ coxph ----

coxph_cases <- list()

# The default toler.chol (1.8e-12) stays; coxph.control warns that eps is below it.
tight <- suppressWarnings(coxph.control(eps = 1e-14, iter.max = 100))

# factors: c(column = "reference label").
# residuals, zph: write the long arrays and the proportional-hazards tests?
cox_case <- function(name, data, time, event, eventValue = 1, covariates = character(),
                     factors = NULL, entry = NULL, strata = NULL, weights = NULL,
                     offset = NULL, cluster = NULL, robust = !is.null(cluster),
                     ties = "efron", residuals = TRUE, zph = TRUE) {
    work <- working_data(data, c(time, event, entry, covariates, names(factors), strata,
                                 weights, offset, cluster))
    d <- work$d
    n <- nrow(d)
    d$.event <- as.numeric(as.character(d[[event]]) == as.character(eventValue))
    for (f in names(factors)) d[[f]] <- sorted_factor(d[[f]], factors[[f]])
    # (as.numeric: cox.zph fails on integer weights)
    d$.weight <- if (is.null(weights)) 1 else as.numeric(d[[weights]])
    d$.cluster <- if (is.null(cluster)) seq_len(n) else d[[cluster]]
    # Several strata columns: the first varies slowest; labels joined by ", ".
    if (length(strata)) {
        parts <- lapply(d[strata], sorted_factor)
        d$.stratum <- factor(do.call(paste, c(lapply(parts, as.character), sep = ", ")))
        d$.stratum <- factor(d$.stratum,
                             unique(as.character(d$.stratum)[do.call(order, unname(parts))]))
    }
    terms <- c(covariates, names(factors), if (length(strata)) "strata(.stratum)",
               if (!is.null(offset)) sprintf("offset(%s)", offset))
    y <- if (is.null(entry)) sprintf("Surv(%s, .event)", time) else
        sprintf("Surv(%s, %s, .event)", entry, time)
    arguments <- list(formula = as.formula(paste(y, "~", paste(terms, collapse = " + "))),
                      data = d, ties = ties, robust = robust,
                      control = tight,
                      x = TRUE, y = TRUE, model = TRUE)
    if (!is.null(weights)) arguments$weights <- as.name(".weight")
    if (robust) arguments$cluster <- as.name(".cluster")
    fit <- do.call(coxph, arguments)

    kept <- !is.na(coef(fit))
    naive <- if (robust) fit$naive.var else fit$var
    sandwich <- if (robust) fit$var
    error <- function(v) ifelse(kept, sqrt(diag(as.matrix(v))), NA)
    # R calls the coefficient of level b of factor f "fb"; here it is "f[b]".
    labels <- c(covariates, unlist(lapply(names(factors), function(f)
        sprintf("%s[%s]", f, levels(d[[f]])[-1]))))
    stopifnot(gsub("[][]", "", labels) == names(coef(fit)))

    # CORRECTION 2. With an offset, survival 3.5 works out the robust score test
    # from score residuals at a linear predictor of 0, leaving out the offset.
    # Here they are taken at coefficients 0 with the offset in place.
    note <- NULL
    robustScore <- fit$rscore
    if (robust && !is.null(offset)) {
        start <- arguments
        start$control <- coxph.control(iter.max = 0)
        start$init <- rep(0, length(kept))
        start$robust <- FALSE
        start$cluster <- NULL
        start <- suppressWarnings(do.call(coxph, start))
        r <- as.matrix(residuals(start, "score", weighted = TRUE, collapse = d$.cluster))
        u <- colSums(r[, kept, drop = FALSE])
        robustScore <- sum(u * solve(crossprod(r[, kept, drop = FALSE]), u))
        note <- sprintf("robustScoreTest corrected: survival 3.5 leaves out the offset and says %s",
                        decimal(fit$rscore))
    }

    expected <- list(
        names = arr(labels), coefficients = arr(coef(fit)), standardErrors = arr(error(naive)),
        robustStandardErrors = if (robust) arr(error(sandwich)),
        covariance = as.matrix(naive)[kept, kept, drop = FALSE],
        robustCovariance = if (robust) as.matrix(sandwich)[kept, kept, drop = FALSE],
        logLikelihood = arr(fit$loglik), scoreTest = fit$score, robustScoreTest = robustScore,
        waldTest = unname(c(fit$wald.test)), likelihoodRatioTest = 2 * diff(fit$loglik),
        degreesOfFreedom = sum(kept), rowsUsed = n, events = fit$nevent,
        concordance = unname(fit$concordance["concordance"]),
        concordanceStandardError = unname(fit$concordance["std"]),
        iterations = fit$iter)

    if (residuals && n <= 250) {
        expected$linearPredictor <- arr(fit$linear.predictors)
        expected$martingale <- arr(residuals(fit, "martingale"))
        expected$deviance <- arr(residuals(fit, "deviance"))
        if (ties != "exact") {
            # Schoenfeld rows come in order of stratum, then time, then data row.
            stop_time <- fit$y[, ncol(fit$y) - 1]
            status <- fit$y[, ncol(fit$y)]
            stratum <- if (length(strata)) as.integer(d$.stratum) else rep(1, n)
            ord <- order(stratum, stop_time, -status)
            ord <- ord[status[ord] == 1]
            expected$score <- unname(as.matrix(residuals(fit, "score")))
            expected$schoenfeldRows <- arr(work$rows[ord])
            expected$schoenfeld <- unname(as.matrix(residuals(fit, "schoenfeld")))
            expected$scaledSchoenfeld <- unname(as.matrix(residuals(fit, "scaledsch")))
            expected$dfbeta <- unname(as.matrix(residuals(fit, "dfbeta")))
            stopifnot(nrow(expected$schoenfeld) == length(ord), nrow(expected$score) == n)
        }
    }

    # Baseline at covariates 0. With an offset, R has it at the (weighted) mean offset.
    base <- basehaz(fit, centered = FALSE)
    mean_offset <- if (is.null(offset)) 0 else weighted.mean(d[[offset]], d$.weight)
    expected$baseline <- list(
        time = arr(base$time), hazard = arr(base$hazard),
        stratum = if (length(strata)) arr(sub("^.stratum=", "", as.character(base$strata))),
        offset = mean_offset)

    if (zph && ties != "exact") {
        expected$zph <- list()
        for (transform in c("km", "rank", "identity", "log")) {
            z <- tryCatch(cox.zph(fit, transform)$table, error = function(e) {
                message("no zph: ", name, ", ", transform, ": ", conditionMessage(e)); NULL })
            if (!is.null(z)) expected$zph[[transform]] <- list(
                terms = arr(rownames(z)), chisq = arr(z[, "chisq"]), df = arr(z[, "df"]),
                p = arr(z[, "p"]))
        }
        if (!length(expected$zph)) expected$zph <- NULL
    }

    case <- list(
        name = name, data = data, time = time, entry = entry, event = event,
        eventValue = eventValue, covariates = arr(covariates),
        factors = lapply(unname(seq_along(factors)), function(i)
            list(name = names(factors)[i], reference = factors[[i]])),
        strata = arr(strata), weights = weights, offset = offset, cluster = cluster,
        robust = robust, ties = ties, excludedRows = arr(work$excluded), note = note,
        expected = expected)
    coxph_cases[[length(coxph_cases) + 1]] <<- case
}

two <- c("efron", "breslow")
three <- c(two, "exact")

for (ties in three) {
    add <- function(name, ...) cox_case(paste0(name, ", ", ties), ..., ties = ties)
    # (exact: the estimate is infinite)
    if (ties != "exact") add("test1", "test1", "time", "status", covariates = "x")
    add("aml", "aml", "time", "status", factors = list(x = "Maintained"))
    add("freireich", "freireich", "time", "status", covariates = "placebo")
    add("freireich factor", "freireich", "time", "status", factors = list(treatment = "placebo"))
    add("ovarian", "ovarian", "futime", "fustat", covariates = c("age", "rx"))
    add("lung", "lung", "time", "status", 2, covariates = c("age", "sex", "ph.ecog"),
        residuals = ties == "efron")
    add("lung in sex", "lung", "time", "status", 2, covariates = c("age", "ph.ecog"),
        strata = "sex", residuals = FALSE)
    add("veteran", "veteran", "time", "status", covariates = c("trt", "karno", "diagtime", "age"),
        factors = list(celltype = "squamous"), residuals = ties == "efron")
    add("neartie", "neartie", "time", "status", covariates = "x", factors = list(group = "a"))
    add("random1", "random1", "time", "status", covariates = c("z1", "z2"),
        factors = list(f = "a"), residuals = FALSE)
    add("random1 in stratum", "random1", "time", "status", covariates = c("z1", "z2"),
        factors = list(f = "a"), strata = "stratum", residuals = FALSE)
    add("random1, offset", "random1", "time", "status", covariates = c("z1", "z2"),
        offset = "off", residuals = FALSE)
    add("random1, aliased column", "random1", "time", "status",
        covariates = c("z1", "z1double", "z2"))
}
for (ties in two) {
    add <- function(name, ...) cox_case(paste0(name, ", ", ties), ..., ties = ties)
    add("test1, robust", "test1", "time", "status", covariates = "x", robust = TRUE)
    add("test2", "test2", "stop", "event", entry = "start", covariates = "x")
    add("test2, robust", "test2", "stop", "event", entry = "start", covariates = "x",
        robust = TRUE)
    add("test3", "test3", "time", "status", covariates = "x")
    add("test3 weighted", "test3", "time", "status", covariates = "x", weights = "w")
    add("test3 weighted, robust", "test3", "time", "status", covariates = "x", weights = "w",
        robust = TRUE)
    add("kidney", "kidney", "time", "status", covariates = c("age", "sex"),
        factors = list(disease = "Other"), residuals = FALSE)
    add("kidney, cluster id", "kidney", "time", "status", covariates = c("age", "sex"),
        factors = list(disease = "Other"), cluster = "id")
    add("heart", "heart", "stop", "event", entry = "start",
        covariates = c("age", "year", "surgery"), factors = list(transplant = "0"),
        residuals = ties == "efron")
    add("heart in surgery, cluster id", "heart", "stop", "event", entry = "start",
        covariates = c("age", "year"), factors = list(transplant = 0), strata = "surgery",
        cluster = "id", residuals = FALSE)
    add("cgd, cluster id", "cgd", "tstop", "status", entry = "tstart",
        covariates = c("age", "steroids"),
        factors = list(treat = "placebo", inherit = "X-linked"), cluster = "id",
        residuals = FALSE)
    add("bmt", "bmt", "t2", "d3", covariates = c("z1", "z2", "z8", "z10"),
        factors = list(group = 1), residuals = ties == "breslow")
    add("bmt in z10, reference 3", "bmt", "t1", "d1", covariates = c("z1", "z2"),
        factors = list(group = 3), strata = "z10", residuals = FALSE)
    add("neartie, entry", "neartie", "time", "status", entry = "entry", covariates = "x",
        factors = list(group = "a"))
    add("random1, aliased level", "random1", "time", "status", entry = "entry",
        covariates = c("z1", "fb"), factors = list(f = "a"))
    add("random1, aliased, w robust", "random1", "time", "status", weights = "w",
        covariates = c("z1", "z1double", "fb"), factors = list(f = "a"), robust = TRUE)
    add("random4, missing cells", "random4", "time", "status", covariates = c("z1", "hole"),
        factors = list(f = "c"), weights = "fw", residuals = ties == "efron")
    add("random4 in group and stratum", "random4", "time", "status",
        covariates = c("z1", "z2"), strata = c("group", "stratum"), residuals = FALSE)
}
cox_case("lung in sex and ph.ecog", "lung", "time", "status", 2, covariates = c("age", "wt.loss"),
         strata = c("sex", "ph.ecog"), residuals = FALSE)
cox_case("lung, ph.ecog as a factor, cluster inst", "lung", "time", "status", 2,
         covariates = c("age"), factors = list(ph.ecog = 0, sex = 1), cluster = "inst",
         residuals = FALSE)
cox_case("veteran in celltype", "veteran", "time", "status", covariates = c("trt", "karno"),
         strata = "celltype", residuals = FALSE)
cox_case("colon_death", "colon_death", "time", "status",
         covariates = c("age", "sex", "nodes", "obstruct"),
         factors = list(rx = "Obs", extent = 1))
cox_case("pbc", "pbc", "time", "status", 2,
         covariates = c("age", "edema", "bili", "albumin", "protime"), factors = list(sex = "f"))
cox_case("pbc in trt", "pbc", "time", "status", 2,
         covariates = c("age", "bili", "copper"), factors = list(stage = 1), strata = "trt")

# Every combination on the constructed data. To keep the file small, the long arrays
# are written for half of the cases of the smallest data set and a few of the next,
# and the proportional-hazards tests for half of the cases.
for (data in paste0("random", 1:4)) for (ties in two)
    for (weighting in c("none", "w robust", "cluster")) for (strata in c(FALSE, TRUE))
        for (late in c(FALSE, TRUE)) for (offset in c(FALSE, TRUE)) {
            long <- (data == "random1" && strata == offset) ||
                (data == "random2" && strata && late && !offset && weighting != "cluster")
            cox_case(paste(c(data, ties, weighting, if (strata) "strata", if (late) "entry",
                             if (offset) "offset"), collapse = ", "),
                     data, "time", "status", covariates = c("z1", "z2"), factors = list(f = "a"),
                     entry = if (late) "entry", strata = if (strata) "stratum",
                     weights = if (weighting == "w robust") "w",
                     offset = if (offset) "off",
                     cluster = if (weighting == "cluster") "cluster",
                     robust = weighting != "none", ties = ties, residuals = long,
                     zph = long || (strata != offset))
        }
for (data in paste0("random", 1:4)) for (ties in two) {
    cox_case(paste(c(data, ties, "w, not robust"), collapse = ", "), data, "time", "status",
             covariates = c("z1", "z2"), factors = list(f = "b"), weights = "w", ties = ties,
             residuals = FALSE)
    cox_case(paste(c(data, ties, "w, cluster, entry"), collapse = ", "), data, "time", "status",
             covariates = c("z1", "z2"), factors = list(f = "a"), entry = "entry",
             weights = "w", cluster = "cluster", ties = ties, residuals = FALSE)
    cox_case(paste(c(data, ties, "integer weights"), collapse = ", "), data, "time", "status",
             covariates = c("z1", "z2"), factors = list(f = "a"), weights = "fw", ties = ties,
             residuals = data == "random2")
}
write_cases("coxph.json", coxph_cases)

# The locale does not matter to the results and would change from run to run.
writeLines(capture.output(print(sessionInfo(), locale = FALSE)), "sessionInfo.txt")
cat(length(survfit_cases), "survfit,", length(survdiff_cases), "survdiff,",
    length(coxph_cases), "coxph cases\n")
