#!/usr/bin/env Rscript
# SPDX-License-Identifier: Apache-2.0
#
# Compares the command `survival` with R's package survival on random data sets.
# How to run it, and which differences are meant: README.md in this folder.

suppressMessages({
    library(survival)
    library(jsonlite)
})
options(warn = 1, stringsAsFactors = FALSE)
invisible(Sys.setlocale("LC_COLLATE", "C"))

# Whether times that differ become equal where agreg.fit shifts the strata apart: it then leaves rows
# out that enter just before an event.
shiftedTies <- function(y, stratum) {
    y <- unclass(y)
    number <- as.integer(as.factor(stratum))
    shift <- 1 + max(y[, 2]) - min(y[, 1])
    keys <- unique(data.frame(number = c(number, number), time = c(y[, 1], y[, 2])))
    any(duplicated(keys$time + shift * keys$number))
}

# -------------------------------------------------------------- arguments ----

settings <- list(cases = 300, seed = 1, program = ".build/release/survival",
                 keep = "differential-failures", only = "", table = "")
for (text in commandArgs(TRUE)) {
    parts <- regmatches(text, regexec("^--([a-z]+)=(.*)$", text))[[1]]
    if (length(parts) != 3 || !parts[2] %in% names(settings))
        stop("usage: run.R [--cases=300] [--seed=1] [--program=.build/release/survival] ",
             "[--keep=FOLDER] [--only=km|logrank|cox] [--table=FILE]")
    settings[[parts[2]]] <- if (is.numeric(settings[[parts[2]]])) as.numeric(parts[3]) else parts[3]
}
tolerance <- 1e-8
csvFile <- tempfile("differential-", fileext = ".csv")
errorFile <- tempfile("differential-", fileext = ".txt")

# ------------------------------------------------------------- comparison ----

worst <- new.env()          # by quantity: difference, count, label
events <- new.env()         # how often something that is not a number happened
quantityOrder <- character()
current <- NULL             # the case that is compared: label, number, problems

note <- function(what) assign(what, get0(what, events, inherits = FALSE, ifnotfound = 0) + 1, events)

problem <- function(text) {
    current$problems <<- c(current$problems, text)
    cat(sprintf("case %s: %s\n  %s\n", current$number, text, current$label))
}

# |value - reference| / max(|reference|, scale / 1000), as in Tests/SurvivalKitTests/Reference.
compare <- function(quantity, value, reference, scale = 0, place = "") {
    value <- as.numeric(value)
    reference <- as.numeric(reference)
    if (length(value) != length(reference)) {
        problem(sprintf("%s %s: %d values for %d", quantity, place, length(value),
                        length(reference)))
        return(invisible())
    }
    if (!length(value)) return(invisible())
    reference[is.nan(reference)] <- NA
    difference <- abs(value - reference) / pmax(abs(reference), scale / 1000)
    difference[!is.na(value) & !is.na(reference) & value == reference] <- 0
    difference[is.na(value) & is.na(reference)] <- 0
    difference[is.na(difference)] <- Inf
    at <- which.max(difference)
    entry <- get0(quantity, worst, inherits = FALSE, ifnotfound = list(difference = -1, count = 0, label = ""))
    if (!entry$count) quantityOrder <<- c(quantityOrder, quantity)
    if (difference[at] > entry$difference) {
        entry$difference <- difference[at]
        entry$label <- sprintf("seed %g case %d: %.17g for %.17g", settings$seed, current$number,
                               value[at], reference[at])
    }
    entry$count <- entry$count + length(value)
    assign(quantity, entry, worst)
    if (difference[at] > tolerance)
        problem(sprintf("%s %s [%d]: %.17g for %.17g, difference %.2g (%d of %d)", quantity, place,
                        at, value[at], reference[at], difference[at],
                        sum(difference > tolerance), length(difference)))
    invisible()
}

same <- function(what, value, reference) {
    note(paste("compared:", what))
    if (!identical(as.character(value), as.character(reference)))
        problem(sprintf("%s: %s for %s", what, paste(value, collapse = " "),
                        paste(reference, collapse = " ")))
}

num <- function(v) vapply(v, function(x) if (is.null(x)) NA_real_ else as.numeric(x), 0)

# ---------------------------------------------------------------- the data ----

pick <- function(...) sample(c(...), 1)
chance <- function(p) runif(1) < p

decimal <- function(v) {
    short <- sprintf("%.13g", v)
    ifelse(suppressWarnings(as.numeric(short)) == v, short, sprintf("%.17g", v))
}

write_csv <- function(d) {
    cells <- lapply(d, function(v) {
        out <- if (is.numeric(v)) decimal(v) else paste0('"', v, '"')
        gap <- is.na(v)
        out[gap] <- sample(c("", "NA", "."), sum(gap), TRUE)
        out
    })
    writeLines(c(paste(names(d), collapse = ","), do.call(paste, c(unname(cells), sep = ","))),
               csvFile)
}

random_data <- function() {
    n <- if (chance(0.08)) sample(2:8, 1) else sample(9:130, 1)
    x1 <- round(rnorm(n), pick(1, 2, 6))
    x2 <- rbinom(n, 1, runif(1, 0.1, 0.9))
    x3 <- round(1980 + 30 * runif(n), 2)                     # far from 0, as a year is
    g <- sample(pick(list(c("a", "B", "c"), c("high", "low"), c("x10", "x9", "y", "Z")))[[1]], n,
                TRUE)
    f <- sample(pick(list(c(1, 2, 10), c(0.5, 3), c(-1, 0, 1, 2)))[[1]], n, TRUE)
    s <- sample(pick(1, 2, 3), n, TRUE)
    s2 <- sample(c("n", "s"), n, TRUE)
    cluster <- sample(ceiling(seq_len(n) / pick(1, 2, 4, 15)))
    rate <- exp(0.6 * x1 - 0.5 * x2 + 0.3 * (f == 1)) * rgamma(max(cluster), 3, 3)[cluster]
    ties <- pick("none", "light", "heavy", "near")
    raw <- rexp(n, rate)
    time <- switch(ties, none = round(raw, 7) + 1e-7, light = ceiling(raw * 40),
                   heavy = ceiling(raw * 5), near = ceiling(raw * 40))
    censoring <- pick(0, 0.2, 0.5, 0.8)
    status <- as.numeric(runif(n) >= censoring)
    if (chance(0.3)) {                                       # administrative censoring
        last <- quantile(time, runif(1, 0.5, 1), type = 1, names = FALSE)
        status[time > last] <- 0
        time <- pmin(time, last)
    }
    if (chance(0.1) && ties %in% c("light", "heavy")) time <- time - 1          # events at time 0
    late <- chance(0.35)
    entry <- if (ties == "none") time * ifelse(runif(n) < 0.3, 0, runif(n)) else
        pmax(0, time - sample.int(max(2, ceiling(max(time) / 2)), n, TRUE))
    if (late && any(time <= entry)) entry[time <= entry] <- time[time <= entry] - 1
    if (ties == "near") {                                    # days into years, by two ways
        origin <- sample(c(0, 1234.5, 7000), n, TRUE)
        entry <- (origin + entry) / 365.25 - origin / 365.25
        time <- ifelse(runif(n) < 0.5, time / 365.25, (origin + time) / 365.25 - origin / 365.25)
        if (late) entry[time - entry < 1e-5] <- 0
        if (late) {                                          # an origin may put 0 a little below 0
            time <- pmax(time, 1 / 365.25)
        }
        entry[entry >= time - 1e-6] <- 0
    }
    if (chance(0.25)) status[s == s[1]] <- 0                 # a stratum without events
    if (chance(0.1)) status[g == g[1]] <- 0                  # a group without events
    d <- data.frame(entry, time, status, x1, x2, x3, g, f, s, s2, cluster,
                    w = round(runif(n, 0.2, 3), pick(1, 2, 5)),
                    fw = sample(1:4, n, TRUE, c(0.5, 0.3, 0.1, 0.1)),
                    offset = round(rnorm(n, pick(0, 3), 0.5), 3))
    d$x4 <- if (chance(0.5)) 2 * d$x1 - 1 else round(runif(n), 3)   # may be aliased with x1
    codes <- sample(list(c("alive", "dead"), c("1", "2"), c("0", "1"), c("false", "TRUE")), 1)[[1]]
    d$code <- codes[d$status + 1]
    if (chance(0.25)) for (column in c("x1", "g", "f", "s", "time", "w"))
        d[[column]][runif(n) < 0.03] <- NA
    list(d = d, late = late, ties = ties, codes = codes)
}

# Labels in the order of the command: numbers by size, texts by code point.
labelled <- function(v) {
    levels <- if (is.numeric(v)) as.character(sort(unique(v))) else
        sort(unique(v), method = "radix")
    factor(as.character(v), levels)
}

# ---------------------------------------------------------------- running ----

# The answer of the command: a list, or its sentence as class "refusal".
ask <- function(subcommand, arguments) {
    text <- suppressWarnings(system2(settings$program,
        shQuote(c(subcommand, csvFile, arguments, "--format", "json")), stdout = TRUE,
        stderr = errorFile))
    status <- attr(text, "status")
    if (!is.null(status) && status != 0) {
        sentence <- paste(readLines(errorFile, warn = FALSE), collapse = " ")
        if (!status %in% c(1, 64)) problem(sprintf("status %d: %s", status, sentence))
        return(structure(list(status = status, sentence = sentence), class = "refusal"))
    }
    fromJSON(paste(text, collapse = "\n"), simplifyVector = FALSE)
}

# One random question. `used` holds the complete rows as R is asked about them: replicated for
# frequency weights, with near-ties joined by R's own aeqSurv.
random_case <- function(number, subcommand) {
    drawn <- random_data()
    d <- drawn$d
    write_csv(d)
    q <- list(late = drawn$late, weighting = pick("none", "none", "frequency", "probability"),
              clustered = chance(0.25), level = pick(0.95, 0.95, 0.9, 0.8, 0.99),
              exactTimes = chance(0.15))
    columns <- c("time", "code", if (q$late) "entry", if (q$weighting == "frequency") "fw",
                 if (q$weighting == "probability") "w", if (q$clustered) "cluster")
    q$arguments <- c("--time", "time", "--event", "code", "--level", q$level,
                     if (drawn$codes[2] %in% c("dead", "2")) c("--event-value", drawn$codes[2]),
                     if (q$late) c("--entry", "entry"),
                     if (q$weighting == "frequency") c("--weights", "fw", "--weight-kind", "frequency"),
                     if (q$weighting == "probability") c("--weights", "w"),
                     if (q$clustered) c("--cluster", "cluster"),
                     if (q$exactTimes) "--exact-times")
    list(d = d, q = q, columns = columns, ties = drawn$ties)
}

use_rows <- function(case, columns) {
    d <- case$d[complete.cases(case$d[c(case$columns, columns)]), , drop = FALSE]
    excluded <- nrow(case$d) - nrow(d)
    if (!nrow(d)) return(NULL)
    rows <- nrow(d)
    d$row <- seq_len(rows)
    d$weight <- if (case$q$weighting == "probability") d$w else 1
    d$group <- if (case$q$clustered) d$cluster else d$row
    y <- if (case$q$late) Surv(d$entry, d$time, d$status) else Surv(d$time, d$status)
    before <- length(unique(c(y[, 1], if (case$q$late) y[, 2])))
    if (!case$q$exactTimes) y <- aeqSurv(y)
    merged <- before - length(unique(c(y[, 1], if (case$q$late) y[, 2])))
    d$stop <- y[, ncol(y) - 1]
    d$start <- if (case$q$late) y[, 1] else -Inf
    if (case$q$weighting == "frequency") {
        d <- d[rep(seq_len(rows), d$fw), , drop = FALSE]
        if (!case$q$clustered) d$group <- seq_len(nrow(d))
    }
    list(d = d, excluded = excluded, rows = rows, merged = merged)
}

response <- function(d, late) if (late) Surv(d$start, d$stop, d$status) else Surv(d$stop, d$status)

# -------------------------------------------------------------- km ----

estimators <- c("kaplan-meier", "nelson-aalen", "fleming-harrington")

# Var of the area under a curve by its definition; variance of log S by Greenwood or Aalen.
area_error <- function(time, surv, increments, end) {
    keep <- time <= end
    time <- time[keep]; surv <- surv[keep]; increments <- increments[keep]
    width <- diff(c(time, end))
    areas <- rev(cumsum(rev(surv * width)))
    sqrt(sum(areas^2 * increments))
}

check_km <- function(case) {
    q <- case$q
    grouping <- pick("none", "g", "g", "f", "g and s")
    estimator <- sample(estimators, 1)
    interval <- pick("log", "log", "log-log", "plain", "logit", "arcsine")
    reverse <- chance(0.12)
    tau <- if (chance(0.3)) round(quantile(case$d$time, runif(1, 0.2, 1), na.rm = TRUE,
                                           names = FALSE), 3)
    if (reverse) q$clustered <- case$q$clustered <- FALSE
    if (reverse) {
        case$columns <- setdiff(case$columns, "cluster")
        q$arguments <- q$arguments[!q$arguments %in% c("--cluster", "cluster")]
    }
    at <- if (chance(0.3)) sort(unique(round(runif(4, 0, max(case$d$time, na.rm = TRUE)), 4)))
    work <- use_rows(case, c(if (grouping %in% c("g", "g and s")) "g", if (grouping == "f") "f",
                             if (grouping == "g and s") "s"))
    arguments <- c(q$arguments, "--estimator", estimator, "--interval", interval,
                   if (grouping != "none") c("--group", substr(grouping, 1, 1)),
                   if (grouping == "g and s") c("--strata", "s"),
                   if (!is.null(tau)) c("--restricted-to", decimal(tau)),
                   if (!is.null(at)) c("--at", paste(decimal(at), collapse = ",")),
                   if (reverse) "--reverse")
    current$label <<- paste(c("km", arguments), collapse = " ")
    answer <- ask("km", arguments)
    if (is.null(work)) return(same("refused", inherits(answer, "refusal"), TRUE))
    if (inherits(answer, "refusal")) return(problem(paste("refused:", answer$sentence)))
    d <- work$d
    same("rows excluded", answer$rowsExcluded, work$excluded)
    same("rows used", answer$rowsUsed, work$rows)
    same("times merged", answer$timesMerged, work$merged)
    d$curve <- switch(grouping, none = factor(rep("all", nrow(d))), g = labelled(d$g),
                      f = labelled(d$f), `g and s` = {
                          both <- interaction(labelled(d$g), labelled(d$s), lex.order = TRUE)
                          droplevels(both)
                      })
    if (grouping != "g and s")
        same("curves", vapply(answer$curves, function(x) x$group, ""), levels(d$curve))
    if (length(answer$curves) != nlevels(d$curve)) return(problem("number of curves"))
    if (reverse) return(check_reverse(d, q, answer, estimator, at))
    robust <- q$weighting == "probability" || q$clustered
    arguments <- list(NULL, data = as.name("d"), weights = as.name("weight"),
                      robust = robust, stype = if (estimator == "kaplan-meier") 1 else 2,
                      ctype = if (estimator == "fleming-harrington") 2 else 1,
                      conf.type = if (interval == "arcsine") "arcsin" else interval,
                      conf.int = q$level, timefix = FALSE)
    arguments[[1]] <- if (nlevels(d$curve) > 1) response(d, q$late) ~ curve else
        response(d, q$late) ~ 1
    if (robust) arguments$cluster <- as.name("group")
    fit <- suppressWarnings(do.call(survfit, arguments))
    # With weights and delayed entry R's curve may end at -1e-17, which upsets its quantiles.
    gone <- abs(fit$surv) < 1e-14
    if (any(fit$surv[gone] != 0)) note("S is 0 but for rounding in R, 0 here")
    fit$surv[gone] <- 0
    if (robust && estimator == "nelson-aalen") {
        # survival 3.5 takes SE(H) for SE(S) here.
        fit$logse <- TRUE
        limits <- suppressWarnings(
            survival:::survfit_confint(fit$surv, fit$std.err, TRUE, fit$conf.type, q$level))
        fit$lower <- limits$lower
        fit$upper <- limits$upper
        note("robust nelson-aalen standard errors corrected in R")
    }
    strata <- if (is.null(fit$strata)) length(fit$time) else fit$strata
    curve <- rep(seq_along(strata), strata)
    ends <- tapply(fit$time, curve, max)
    end <- if (is.null(tau)) min(ends) else tau
    kind <- if (robust) "robust standard error" else "standard error"
    q50 <- quantile(fit, 0.5)
    for (i in seq_along(strata)) {
        own <- answer$curves[[i]]
        rows <- curve == i
        r <- data.frame(time = fit$time, risk = fit$n.risk, events = fit$n.event,
                        censored = fit$n.censor, surv = fit$surv,
                        se = if (fit$logse) fit$surv * fit$std.err else fit$std.err,
                        lower = fit$lower, upper = fit$upper, hazard = fit$cumhaz,
                        hazardError = fit$std.chaz)[rows, ]
        here <- d[as.integer(d$curve) == i, ]
        atOne <- r$surv == 1 & r$se == 0
        atOne[is.na(atOne)] <- FALSE
        missing <- atOne & is.na(r$lower)
        if (any(missing)) {
            for (k in seq_len(sum(missing))) note("limits at S = 1 (1 here, none in R)")
            r$lower[missing] <- r$upper[missing] <- 1
        }
        # A curve at 0 has no limits here; R has some on some scales where the error is robust.
        zero <- !is.na(r$surv) & abs(r$surv) < 1e-14
        if (any(zero & !is.na(r$lower))) note("limits at S = 0 (none here, 0 in R)")
        if (any(r$upper[zero] > 1e-7, na.rm = TRUE)) note("limits at S = 0, above 0 in R")
        r$lower[zero] <- r$upper[zero] <- NA
        place <- own$group
        point <- function(name) num(lapply(own$points, function(p) p[[name]]))
        compare("rows", own$subjects, length(unique(here$row)), place = place)
        compare("events in all", own$events, sum(r$events), place = place)
        if (is.null(at)) {
            compare("time", point("time"), r$time, place = place)
            if (length(own$points) != nrow(r)) next
        } else {
            compare("time", point("time"), at, place = place)
            r <- at_times(r, at, here, place)
            beyond <- at > ends[i] & r$surv > 0
            if (any(beyond)) note("time beyond the last (no probability here)")
            r[beyond, c("surv", "se", "lower", "upper", "hazard", "hazardError")] <- NA
            zero <- at > ends[i] & !beyond
            if (any(zero)) {                     # the curve is known to stay at 0
                r <- r[!zero, ]
                own$points <- own$points[!zero]
                if (!nrow(r)) next
            }
        }
        compare("at risk", point("atRisk"), r$risk, scale = nrow(d), place = place)
        compare("events", point("events"), r$events, scale = nrow(d), place = place)
        compare("censored", point("censored"), r$censored, scale = nrow(d), place = place)
        compare("entered", point("entered"), entered(here, point("time"), q$late, at),
                scale = nrow(d), place = place)
        compare("survival", point("survival"), r$surv, scale = 1e-3, place = place)
        compare(paste(kind, "of survival"), point("standardError"), r$se, scale = 1e-3, place = place)
        compare(paste("lower limit,", interval), point("lower"), r$lower, scale = 1, place = place)
        compare(paste("upper limit,", interval), point("upper"), r$upper, scale = 1, place = place)
        compare("cumulative hazard", point("cumulativeHazard"), r$hazard, place = place)
        compare(paste(kind, "of cumulative hazard"), point("cumulativeHazardStandardError"),
                r$hazardError, scale = 1e-3, place = place)
        check_median(own, fit, rows, q50, i, place)
        check_mean(own, fit, rows, i, end, ends[i], estimator, robust, d, q, arguments, place)
    }
}

# A curve of R at other times, with what happened since the time before.
at_times <- function(r, at, here, place) {
    position <- findInterval(at, r$time)
    value <- function(column, start) c(start, r[[column]])[position + 1]
    since <- function(column) diff(c(0, c(0, cumsum(r[[column]]))[position + 1]))
    data.frame(time = at,
               risk = vapply(at, function(t) sum(here$weight[here$stop >= t & here$start < t]), 0),
               events = since("events"), censored = since("censored"), surv = value("surv", 1),
               se = value("se", 0), lower = value("lower", 1), upper = value("upper", 1),
               hazard = value("hazard", 0), hazardError = value("hazardError", 0))
}

# Weights that come under observation between one point and the next: R counts them only with an id.
entered <- function(here, times, late, at) {
    if (!late) return(NULL %||% rep(0, length(times)) + initial(here, times))
    before <- c(-Inf, times[-length(times)])
    mapply(function(a, b) sum(here$weight[here$start >= a & here$start < b]), before, times)
}
initial <- function(here, times) replace(rep(0, length(times)), 1, 0)
`%||%` <- function(a, b) if (is.null(a)) b else a

# R looks limits of quantiles up after sorting the confidence curve by height, has limits at S = 0 on
# some scales, and finds a curve that ends at exactly 1/2 by the last bit. There the definition holds.
check_median <- function(own, fit, rows, q50, i, place) {
    gone <- fit$surv[rows] == 0
    for (side in c("estimate", "lower", "upper")) {
        ours <- own$median[[side]] %||% NA
        theirs <- c(q50[[if (side == "estimate") "quantile" else side]])[i]
        height <- if (side == "estimate") fit$surv[rows] else replace(fit[[side]][rows], gone, NA)
        time <- fit$time[rows][!is.na(height)]
        height <- height[!is.na(height)]
        quantity <- if (side == "estimate") "median" else "limit of median"
        differs <- !isTRUE(all.equal(ours, theirs, tolerance = 1e-9)) && !(is.na(ours) && is.na(theirs))
        reason <- if (length(height) && abs(height[length(height)] - 0.5) < 2^-26)
            "median or limit of a curve that ends at 1/2 (R by the last bit)"
        else if (any(diff(height) > 0)) "limit of median on a confidence curve that rises (R sorts it)"
        else if (any(gone) && side != "estimate") "limit of median where R has limits at S = 0"
        if (!differs || is.null(reason)) {
            compare(quantity, ours, theirs, place = place)
            next
        }
        note(reason)
        first <- time[height <= 0.5 + 2^-26][1]
        below <- time[height < 0.5 - 2^-26][1]
        expected <- if (is.na(first)) NA else if (identical(first, below)) first else
            (first + (if (is.na(below)) max(fit$time[rows]) else below)) / 2
        compare("median or limit, by definition where R's differs", ours, expected, place = place)
    }
}

check_mean <- function(own, fit, rows, i, end, last, estimator, robust, d, q, arguments, place) {
    mean <- own$restrictedMean
    time <- fit$time[rows]
    surv <- fit$surv[rows]
    if (end > last && surv[length(surv)] > 0) {
        note("restricted mean beyond the last time (none here)")
        if (!is.null(mean$estimate)) problem("a restricted mean beyond the last time")
        return(invisible())
    }
    table <- suppressWarnings(summary(fit, rmean = end)$table)
    if (!is.matrix(table)) table <- t(table)
    # R begins the area at 0, or at a negative exit; here it begins at a negative entry.
    first <- if (q$late) min(0, d$start[as.integer(d$curve) == i]) else 0
    if (first < min(0, time)) note("restricted mean from a negative entry on")
    compare("restricted mean", mean$estimate %||% NA,
            table[i, "rmean"] + min(0, time) - first, place = place)
    compare("end of restricted mean", mean$upTo %||% NA, end, place = place)
    risk <- fit$n.risk[rows]; events <- fit$n.event[rows]
    if (robust) {
        # R has no robust error of a mean; the influences of the curve, integrated, give it.
        arguments$influence <- 1
        full <- suppressWarnings(do.call(survfit, arguments))
        influence <- full$influence.surv
        if (is.list(influence)) influence <- influence[[i]]
        if (is.null(influence) || ncol(influence) != length(time)) return(invisible())
        width <- pmax(0, pmin(c(time[-1], Inf), end) - pmin(time, end))
        value <- sqrt(sum((influence %*% width)^2))
        compare("robust standard error of restricted mean (R's influences, integrated)",
                mean$standardError %||% NA, value, scale = end, place = place)
    } else if (estimator == "kaplan-meier") {
        compare("standard error of restricted mean", mean$standardError %||% NA,
                table[i, "se(rmean)"], place = place)
    } else {
        increments <- diff(c(0, fit$std.chaz[rows]^2))
        compare("standard error of restricted mean, exponential estimators (Aalen's, by definition)",
                mean$standardError %||% NA, area_error(time, surv, increments, end), scale = end * 1e-6,
                place = place)
    }
}

# Follow-up: deaths leave before the censorings of their time. In R: codes of times, deaths even.
check_reverse <- function(d, q, answer, estimator, at) {
    if (!is.null(at) || q$weighting == "probability") return(note("reverse, not compared"))
    times <- sort(unique(c(d$stop, if (q$late) d$start)))
    code <- 2 * match(d$stop, times) + (d$status == 0)
    y <- if (q$late) Surv(2 * match(d$start, times) + 1, code, 1 - d$status) else
        Surv(code, 1 - d$status)
    fit <- survfit(y ~ curve, data = d, weights = weight, timefix = FALSE,
                   stype = if (estimator == "kaplan-meier") 1 else 2,
                   ctype = if (estimator == "fleming-harrington") 2 else 1)
    strata <- if (is.null(fit$strata)) length(fit$time) else fit$strata
    curve <- rep(seq_along(strata), strata)
    for (i in seq_along(strata)) {
        own <- answer$curves[[i]]
        rows <- curve == i
        point <- function(name) num(lapply(own$points, function(p) p[[name]]))
        position <- findInterval(2 * match(point("time"), times) + 1, fit$time[rows])
        compare("reversed: survival", point("survival"), fit$surv[rows][position])
        compare("reversed: standard error of survival", point("standardError"),
                (fit$surv * fit$std.err)[rows][position])
        compare("reversed: cumulative hazard", point("cumulativeHazard"),
                fit$cumhaz[rows][position])
        compare("reversed: standard error of cumulative hazard",
                point("cumulativeHazardStandardError"), fit$std.chaz[rows][position])
    }
}

# ---------------------------------------------------------------- logrank ----

# The family by its definition: U, V and observed and expected, for unit weights.
family <- function(d, late, kind, rho = 0, gamma = 0, groups) {
    k <- nlevels(groups)
    observed <- expected <- numeric(k)
    V <- matrix(0, k, k)
    for (stratum in unique(d$stratum)) {
        inside <- d$stratum == stratum
        S <- S1 <- 1
        for (t in sort(unique(d$stop[inside & d$status == 1]))) {
            at <- inside & d$stop >= t & d$start < t
            n <- as.vector(table(groups[at]))
            e <- as.vector(table(groups[inside & d$stop == t & d$status == 1]))
            N <- sum(n); D <- sum(e)
            S1 <- S1 * (1 - D / (N + 1))
            w <- switch(kind, `log-rank` = 1, `gehan-breslow` = N, `tarone-ware` = sqrt(N),
                        `peto-peto` = S1, `modified-peto-peto` = S1 * N / (N + 1),
                        `fleming-harrington` = S^rho * (1 - S)^gamma)
            S <- S * (1 - D / N)
            observed <- observed + w * e
            expected <- expected + w * D * n / N
            if (N > 1)
                V <- V + w^2 * D * (N - D) / (N - 1) * (diag(n / N, k) - outer(n, n) / N^2)
        }
    }
    list(observed = observed, expected = expected, V = V)
}

statistic <- function(f) {
    u <- f$observed - f$expected
    use <- f$expected > 0
    k <- sum(use)
    if (k < 2 || max(abs(f$V)) < 1e-12) return(list(value = 0, df = 0))
    parts <- eigen(f$V[use, use, drop = FALSE], symmetric = TRUE)
    good <- parts$values > max(parts$values) * 1e-10
    z <- crossprod(parts$vectors[, good, drop = FALSE], u[use])
    list(value = sum(z^2 / parts$values[good]), df = sum(good))
}

check_logrank <- function(case) {
    q <- case$q
    group <- pick("g", "f")
    strata <- pick(0, 0, 1, 2)
    kind <- pick("log-rank", "log-rank", "log-rank", "gehan-breslow", "tarone-ware", "peto-peto",
                 "modified-peto-peto", "fleming-harrington", "fleming-harrington")
    rho <- pick(0, 0.5, 1); gamma <- pick(0, 0, 1, 0.5)
    robust <- q$weighting == "probability" || q$clustered
    if (robust) kind <- "log-rank"                           # R's twin is coxph's robust score test
    pairwise <- pick("none", "bonferroni", "holm", "benjamini-hochberg")
    trend <- chance(0.4)
    names <- c("s", "s2")[seq_len(strata)]
    work <- use_rows(case, c(group, names))
    arguments <- c(q$arguments, "--group", group,
                   if (strata) c("--strata", paste(names, collapse = ",")),
                   "--weight-function", if (kind == "fleming-harrington")
                       sprintf("%s:%g,%g", kind, rho, gamma) else kind,
                   if (trend) "--trend", if (pairwise != "none") c("--pairwise", pairwise))
    current$label <<- paste(c("logrank", arguments), collapse = " ")
    answer <- ask("logrank", arguments)
    refused <- inherits(answer, "refusal")
    if (is.null(work)) return(same("refused", refused, TRUE))
    d <- work$d
    groups <- labelled(d[[group]])
    if (nlevels(groups) < 2 || !any(d$status == 1)) return(same("refused", refused, TRUE))
    if (refused) {
        # Nobody can be compared when each risk set with an event holds one group only.
        d$stratum <- if (strata) interaction(d[names], drop = TRUE) else 1
        f <- family(d, q$late, kind, rho, gamma, groups = groups)
        if (statistic(f)$df == 0) return(note("no comparison possible; refused"))
        return(problem(paste("refused:", answer$sentence)))
    }
    d$stratum <- as.character(if (strata) interaction(d[names], drop = TRUE) else 1)
    same("groups", vapply(answer$groups, function(x) x$name, ""), levels(groups))
    value <- function(name) num(lapply(answer$groups, function(x) x[[name]]))
    compare("rows", value("subjects"), as.vector(table(groups[!duplicated(d$row)])))
    if (robust) return(check_robust_logrank(d, q, answer, groups, value))
    f <- family(d, q$late, kind, rho, gamma, groups)
    s <- statistic(f)
    by <- if (q$late || !(kind == "log-rank" || kind == "fleming-harrington" && gamma == 0))
        " (by definition)" else ""
    if (by == "") {
        # Only the order of times matters, and ranks are never near one another.
        y <- Surv(match(d$stop, sort(unique(d$stop))), d$status)
        fit <- tryCatch(survdiff(if (strata) y ~ groups + strata(d$stratum) else y ~ groups,
                                 rho = if (kind == "log-rank") 0 else rho),
                        error = function(e) NULL)
        total <- function(v) if (is.matrix(v)) rowSums(v) else v
        if (is.null(fit)) {
            note("survdiff stops at a singular variance; compared by definition")
            fit <- list(obs = f$observed, exp = f$expected, chisq = s$value)
        }
        f$observed <- total(fit$obs)
        f$expected <- total(fit$exp)
        df <- sum(f$expected > 0) - 1
        if (df == s$df) s <- list(value = fit$chisq, df = df) else
            note("groups never compared with one another: degrees of freedom by rank, R's by count")
    }
    compare(paste0("observed", by), value("observed"), f$observed, scale = 1)
    compare(paste0("expected", by), value("expected"), f$expected, scale = 1)
    if (s$df == 0) return(same("no degrees of freedom", answer$degreesOfFreedom, 0))
    compare("degrees of freedom", answer$degreesOfFreedom, s$df)
    compare(paste0("statistic", by), answer$statistic %||% NA, s$value, scale = 1)
    compare(paste0("p-value", by), answer$pValue %||% NA,
            pchisq(s$value, s$df, lower.tail = FALSE))
    if (trend) {
        score <- seq_len(nlevels(groups))
        variance <- c(score %*% f$V %*% score)
        if (variance > 1e-12)
            compare("trend (by definition)", answer$trend$statistic %||% NA,
                    sum(score * (f$observed - f$expected))^2 / variance, scale = 1)
    }
    if (pairwise != "none") {
        ours <- answer$pairwise
        p <- vapply(ours, function(pair) {
            keep <- groups %in% c(pair$first, pair$second)
            part <- droplevels(groups[keep])
            s <- statistic(family(d[keep, ], q$late, kind, rho, gamma, part))
            if (s$df == 0) return(NA_real_)
            compare("statistic of a pair (by definition)", pair$statistic %||% NA, s$value, scale = 1)
            compare("p-value of a pair (by definition)", pair$pValue %||% NA,
                    pchisq(s$value, 1, lower.tail = FALSE))
            pchisq(s$value, 1, lower.tail = FALSE)
        }, 0)
        method <- if (pairwise == "benjamini-hochberg") "BH" else pairwise
        if (!anyNA(p))
            compare("adjusted p-value (p.adjust)", num(lapply(ours, function(x) x$adjustedPValue)),
                    p.adjust(p, method))
        else note("pairs that cannot be compared")
    }
}

# The robust log-rank statistic is the robust score test of a Cox model with Breslow's rule.
check_robust_logrank <- function(d, q, answer, groups, value) {
    fit <- tryCatch(suppressWarnings(
        coxph(response(d, q$late) ~ groups + strata(stratum), data = d, weights = weight,
              ties = "breslow", robust = TRUE, cluster = group,
              control = coxph.control(timefix = FALSE))),
        error = function(e) NULL)
    events <- d$weight * d$status
    compare("observed, weighted", value("observed"), as.vector(tapply(events, groups, sum)))
    if (is.null(fit) || anyNA(coef(fit)) || is.null(fit$rscore) || is.na(fit$rscore))
        return(note("robust log-rank test: R has none"))
    # With fewer clusters than groups the robust variance is singular.
    if (length(unique(d$group)) <= length(coef(fit)) + 1 || answer$degreesOfFreedom < length(coef(fit)))
        return(note("robust log-rank test: variance singular, fewer degrees of freedom here"))
    compare("robust statistic (coxph's robust score test)", answer$statistic %||% NA, fit$rscore,
            scale = 1)
    compare("degrees of freedom", answer$degreesOfFreedom, length(coef(fit)))
}

# -------------------------------------------------------------------- cox ----

check_cox <- function(case) {
    q <- case$q
    covariates <- sample(c("x1", "x2", "x3", "x4"), sample(1:3, 1))
    factors <- pick(list(NULL, NULL, "g", "f", c("g", "f")))[[1]]
    strata <- pick(0, 0, 1, 2)
    if (chance(0.5)) strata <- 0
    names <- c("s", "s2")[seq_len(strata)]
    offset <- chance(0.3)
    robust <- q$weighting == "probability" || q$clustered
    ties <- if (robust) pick("efron", "breslow") else
        sample(c("efron", "breslow", "exact"), 1, TRUE, c(0.45, 0.4, 0.15))
    askRobust <- !robust && ties != "exact" && chance(0.15)
    robust <- robust || askRobust
    if (ties == "exact") {
        # R's exact rule counts subsets one by one where entry is delayed.
        tied <- max(0, table(round(case$d$time[case$d$status == 1], 6)))
        tied <- tied * if (q$weighting == "frequency") 2 else 1
        if (tied > if (q$late) 2 else 15) ties <- "efron"
    }
    interactions <- list()
    if (chance(0.3)) interactions <- list(pick(list(
        c("x1", "x2"), c("x2", "x3"), c("x1", factors[1] %||% "x2"),
        c(factors[1] %||% "x2", factors[length(factors)] %||% "x4")))[[1]])
    interactions <- Filter(function(x) x[1] != x[2], interactions)
    parts <- unique(c(covariates, factors, unlist(interactions)))
    work <- use_rows(case, c(parts, names, if (offset) "offset"))
    if (is.null(work)) {
        current$label <<- "cox, no complete row"
        return(note("no complete row"))
    }
    d <- work$d
    # The design, column by column as the command builds it, in the units of the file.
    reference <- lapply(setNames(factors, factors), function(name)
        if (chance(0.4)) as.character(sample(levels(labelled(d[[name]])), 1)) else NULL)
    columns <- function(name) {
        if (!name %in% factors) return(setNames(list(as.numeric(d[[name]])), name))
        v <- labelled(d[[name]])
        others <- setdiff(levels(v), reference[[name]] %||% levels(v)[1])
        setNames(lapply(others, function(level) as.numeric(v == level)),
                 if (length(others)) sprintf("%s[%s]", name, others))
    }
    X <- do.call(c, lapply(c(covariates, factors), columns))
    for (pair in interactions) {
        left <- columns(pair[1]); right <- columns(pair[2])
        for (a in names(left)) for (b in names(right))
            X[[paste0(a, ":", b)]] <- left[[a]] * right[[b]]
    }
    arguments <- c(q$arguments, "--covariates", paste(covariates, collapse = ","), "--ties", ties,
                   if (length(factors)) c("--factors", paste(vapply(factors, function(name)
                       paste(c(name, reference[[name]]), collapse = "="), ""), collapse = ",")),
                   if (length(interactions)) c("--interactions",
                       paste(interactions[[1]], collapse = ":")),
                   if (strata) c("--strata", paste(names, collapse = ",")),
                   if (offset) c("--offset", "offset"), if (askRobust) "--robust")
    current$label <<- paste(c("cox", arguments), collapse = " ")
    answer <- ask("cox", arguments)
    refused <- inherits(answer, "refusal")
    if (!any(d$status == 1)) return(same("refused", refused, TRUE))
    X <- as.matrix(as.data.frame(X, check.names = FALSE))
    d$stratum <- as.character(if (strata) interaction(d[names], drop = TRUE) else 1)
    d$X <- X
    d$given <- if (offset) d$offset else 0
    formula <- as.formula(paste("response(d, q$late) ~ X", if (strata) "+ strata(stratum)",
                                if (offset) "+ offset(given)"))
    environment(formula) <- environment()
    call <- list(formula, data = as.name("d"), ties = ties, robust = robust,
                 control = suppressWarnings(coxph.control(eps = 1e-14, iter.max = 100,
                                                          timefix = FALSE)))
    if (q$weighting == "probability") call$weights <- as.name("weight")
    if (robust) call$cluster <- as.name("group")
    warnings <- character()
    fit <- tryCatch(withCallingHandlers(do.call(coxph, call), warning = function(w) {
        warnings <<- c(warnings, conditionMessage(w))
        invokeRestart("muffleWarning")
    }), error = function(e) e)
    if (refused) {
        if (inherits(fit, "error")) return(note("both refuse"))
        return(problem(paste("refused:", answer$sentence)))
    }
    if (inherits(fit, "error")) {
        note(paste("R refuses:", conditionMessage(fit)))
        return(invisible())
    }
    if (strata && q$late && shiftedTies(response(d, TRUE), d$stratum))
        return(note("R shifts times by strata and rounds them, so that other rows are at risk"))
    own <- answer$coefficients
    field <- function(name) num(lapply(own, function(x) x[[name]]))
    flag <- function(name) vapply(own, function(x) isTRUE(x[[name]]), FALSE)
    same("names of coefficients", vapply(own, function(x) x$name, ""), colnames(X))
    same("rows used", answer$rowsUsed, work$rows)
    same("rows excluded", answer$rowsExcluded, work$excluded)
    compare("events", answer$events, sum(d$status[!duplicated(d$row)]))
    compare("log-likelihood at 0", answer$logLikelihood$null, fit$loglik[1], scale = 1)
    warned <- any(grepl("infinite|before variable|Ran out|singular", warnings))
    if (any(flag("infinite"))) {
        # Converged to 1e-14, R may reach an information of 0 and set the coefficient aside as NA.
        gone <- any(is.na(coef(fit)) & flag("infinite"))
        note(if (warned) "infinite coefficient, and R warns" else if (gone)
            "infinite coefficient, NA in R, whose information has vanished" else
            "infinite coefficient, and R does not warn")
        if (!warned && !gone && max(abs(coef(fit)), na.rm = TRUE) < 8)
            problem(sprintf("infinite here, %s in R", paste(signif(coef(fit), 4), collapse = " ")))
        # The supremum of the likelihood is a number; both are near it.
        own <- answer$logLikelihood$fitted
        limit <- fit$loglik[length(fit$loglik)]
        note("compared: log-likelihood with an infinite coefficient, to 1e-6")
        if (is.nan(limit)) return(note("infinite coefficient, and R's log likelihood is no number"))
        # R stops a little below the supremum more often than we do.
        if (own > limit + 1e-6) note("infinite coefficient: R stops below the supremum")
        if (own < limit - 1e-6 * max(1, abs(limit)))
            problem(sprintf("log-likelihood with an infinite coefficient: %.12g for %.12g", own,
                            limit))
        return(invisible())
    }
    if (warned) note("R warns, the maximum is finite and compared")
    same("converged", answer$converged, TRUE)
    kept <- !is.na(coef(fit))
    if (any(flag("aliased") == kept)) {
        # R looks at the information where it stops; here is what varies within the risk sets.
        M <- do.call(rbind, lapply(split(seq_len(nrow(d)), d$stratum), function(inside)
            do.call(rbind, lapply(unique(d$stop[inside][d$status[inside] == 1]), function(t) {
                at <- inside[d$stop[inside] >= t & d$start[inside] < t]
                scale(X[at, , drop = FALSE], scale = FALSE)
            }))))
        decomposition <- qr(M, tol = 1e-6)
        aliased <- !seq_len(ncol(X)) %in% decomposition$pivot[seq_len(decomposition$rank)]
        note("aliased columns differ from R's, as by definition")
        return(same("aliased (by definition)", flag("aliased"), aliased))
    }
    same("aliased", flag("aliased"), unname(!kept))
    if (any(!kept)) note("models with aliased columns")
    if (!any(kept)) return(note("models with nothing to estimate"))
    naive <- as.matrix(if (robust) fit$naive.var else fit$var)[kept, kept, drop = FALSE]
    errors <- ifelse(kept, NA, NA); errors[kept] <- sqrt(diag(naive))
    compare("coefficient", field("estimate")[kept], coef(fit)[kept], scale = errors[kept] * 1000)
    compare("model standard error", field("standardError")[kept], errors[kept])
    used <- errors
    if (robust) {
        used[kept] <- sqrt(diag(as.matrix(fit$var)[kept, kept, drop = FALSE]))
        compare("robust standard error", field("robustStandardError")[kept], used[kept],
                scale = errors[kept])
    }
    z <- qnorm(1 - (1 - q$level) / 2)
    zs <- (coef(fit) / used)[kept]
    # A cluster for each coefficient: its robust error is rounding only.
    sound <- used[kept] > 1e-6 * errors[kept]
    if (any(!sound)) note("robust standard errors that are 0 but for rounding")
    compare("z", field("z")[kept][sound], zs[sound], scale = 1000)
    compare("p-value", field("pValue")[kept][sound], (2 * pnorm(-abs(zs)))[sound], scale = 1e-3)
    inside <- abs(coef(fit)[kept]) < 700
    compare("hazard ratio, logarithm", log(field("hazardRatio")[kept])[inside],
            coef(fit)[kept][inside], scale = (errors[kept] * 1000)[inside])
    for (side in c("lower", "upper")) {
        limit <- (coef(fit) + (if (side == "lower") -z else z) * used)[kept]
        inside <- abs(limit) < 700                            # beyond, exp(limit) is 0 or too large
        compare(paste(side, "limit of hazard ratio, logarithm"), log(field(side)[kept])[inside],
                limit[inside], scale = (errors[kept] * 1000)[inside])
    }
    cov <- matrix(num(unlist(lapply(answer$covariance, function(row)
        lapply(row, function(x) if (is.null(x)) NA else x)), recursive = FALSE)),
        length(own))[kept, kept, drop = FALSE]
    sizes <- sqrt(diag(naive))
    compare(if (robust) "robust covariance" else "model covariance", cov,
            as.matrix(fit$var)[kept, kept], scale = 1000 * outer(sizes, sizes))
    compare("log-likelihood, fitted", answer$logLikelihood$fitted, fit$loglik[2], scale = 1)
    tests <- answer$tests
    size <- max(1, abs(fit$loglik[1]))
    compare("likelihood-ratio test", tests$likelihoodRatio$statistic, 2 * diff(fit$loglik),
            scale = size)
    compare("degrees of freedom", c(tests$likelihoodRatio$degreesOfFreedom,
            tests$score$degreesOfFreedom), rep(sum(kept), 2))
    compare("p-value of likelihood-ratio test", tests$likelihoodRatio$pValue,
            pchisq(tests$likelihoodRatio$statistic, sum(kept), lower.tail = FALSE))
    compare("score test", tests$score$statistic, fit$score, scale = 1)
    V <- as.matrix(fit$var)[kept, kept, drop = FALSE]
    condition <- if (all(diag(V) > 0)) rcond(cov2cor(V)) else 0
    wald <- unname(c(fit$wald.test))
    if (condition < 1e-3 && condition > 1e-14) {
        # R's tolerance depends on units; a change of basis does not change the test.
        note("Wald test by R in an orthonormal basis, for its own is ill-conditioned")
        d$X <- qr.Q(qr(scale(X[, kept, drop = FALSE])))
        again <- tryCatch(suppressWarnings(do.call(coxph, call)), error = function(e) NULL)
        d$X <- X
        if (is.null(again) || anyNA(coef(again))) condition <- 0 else {
            wald <- unname(c(again$wald.test))
            if (rcond(cov2cor(as.matrix(again$var))) < 1e-4) condition <- 0
        }
    }
    if (condition <= 1e-14)
        note("covariance singular: Wald test on fewer degrees of freedom here; not compared")
    else if (is.finite(wald) && wald > 1e9)
        note("robust variance 0 but for rounding: tests not compared")
    else {
        compare("degrees of freedom", tests$wald$degreesOfFreedom, sum(kept))
        compare("Wald test", tests$wald$statistic %||% NA, wald, scale = 1)
        if (robust) check_robust_score(d, call, fit, kept, offset, tests)
    }
    gaps <- diff(sort(fit$linear.predictors))
    if (any(gaps > 0 & gaps < 2^-26 * max(1, mean(abs(fit$linear.predictors))))) {
        note("linear predictors that differ by rounding: tied here (decision 0011), not in R")
    } else if (!is.null(answer$concordance$estimate)) {
        compare("concordance", answer$concordance$estimate, fit$concordance["concordance"])
        if (q$weighting != "frequency" && (robust || !q$clustered))
            compare("standard error of concordance", answer$concordance$standardError,
                    fit$concordance["std"], scale = 1)
    }
}

# Robust score test: survival 3.5 leaves out the offset, so with one it is done here.
check_robust_score <- function(d, call, fit, kept, offset, tests) {
    expected <- fit$rscore
    if (offset) {
        note("robust score test with an offset corrected in R")
        call$control <- coxph.control(iter.max = 0, timefix = FALSE)
        call$init <- rep(0, length(kept))
        call$robust <- FALSE
        call$cluster <- NULL
        start <- suppressWarnings(do.call(coxph, call))
        r <- as.matrix(residuals(start, "score", weighted = TRUE))
        r <- rowsum(r, d$group)[, kept, drop = FALSE]
        u <- colSums(r)
        M <- crossprod(r)
        if (any(diag(M) <= 0) || rcond(cov2cor(M)) < 1e-9) return(note("robust score singular; not compared"))
        scales <- sqrt(diag(M))
        expected <- sum((u / scales) * solve(cov2cor(M), u / scales))
    }
    compare("robust score test", tests$robustScore$statistic %||% NA, expected, scale = 1)
}

# -------------------------------------------------------------------- run ----

set.seed(settings$seed)
failed <- 0
counts <- c(km = 0, logrank = 0, cox = 0)
kinds <- if (settings$only == "") c("km", "logrank", "cox") else settings$only
begin <- proc.time()[["elapsed"]]
for (number in seq_len(settings$cases)) {
    # A seed for each case, so that one can be drawn again without those before it.
    set.seed(settings$seed * 100000 + number)
    kind <- kinds[(number - 1) %% length(kinds) + 1]
    current <- list(number = number, label = kind, problems = character())
    case <- random_case(number, kind)
    counts[kind] <- counts[kind] + 1
    tryCatch(switch(kind, km = check_km(case), logrank = check_logrank(case),
                    cox = check_cox(case)),
             error = function(e) problem(paste("R stopped:", conditionMessage(e))))
    if (length(current$problems)) {
        failed <- failed + 1
        dir.create(settings$keep, recursive = TRUE, showWarnings = FALSE)
        base <- file.path(settings$keep, sprintf("seed%g-case%d", settings$seed, number))
        file.copy(csvFile, paste0(base, ".csv"), overwrite = TRUE)
        writeLines(c(current$label, current$problems), paste0(base, ".txt"))
    }
}

table <- vapply(quantityOrder, function(quantity) {
    entry <- get(quantity, worst)
    sprintf("| %s | %d | %s | %s |", quantity, entry$count,
            if (entry$difference == 0) "0" else sprintf("%.1e", entry$difference),
            if (entry$difference == 0) "" else entry$label)
}, "")
cat(sprintf("\n%d cases (%d km, %d logrank, %d cox), seed %g, %.0f s; %d with a difference\n\n",
            settings$cases, counts["km"], counts["logrank"], counts["cox"], settings$seed,
            proc.time()[["elapsed"]] - begin, failed))
cat(c("| quantity | values | worst difference | at |", "|---|---:|---:|---|", table), sep = "\n")
cat("\n")
for (what in sort(ls(events))) cat(sprintf("%6d  %s\n", get(what, events), what))
if (settings$table != "")
    saveRDS(list(settings = settings, counts = counts, failed = failed, order = quantityOrder,
                 worst = as.list(worst), events = as.list(events)), settings$table)
quit(status = if (failed) 1 else 0)
