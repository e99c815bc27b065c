#!/usr/bin/env Rscript
# Cumulative incidences by survival::survfit and cmprsk::cuminc, and Gray's test by cmprsk::cuminc.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-competing-risks.R
#
# writes competing-risks.json. Needs `survival` and `cmprsk`
# (Debian: apt-get install r-cran-survival r-cran-cmprsk).
#
# Rows of columns are written into the file, so that a case is complete in itself. `frequency` rows are
# replicated for R.

source("fixture-json.R")
suppressMessages(library(cmprsk))
set.seed(19880501)

study <- function(n, times, causes, groups, late = FALSE, weights = FALSE, clusters = 0) {
    start <- if (late) sample(0:4, n, TRUE) else rep(0, n)
    list(start = start, stop = start + sample(times, n, TRUE),
         cause = sample(0:causes, n, TRUE, prob = c(2, rep(3, causes))),
         group = sample(groups, n, TRUE), stratum = sample(3, n, TRUE),
         weight = if (weights) sample(c(0.3, 0.5, 1, 1.7, 2.25), n, TRUE) else rep(1, n),
         cluster = if (clusters > 0) sample(clusters, n, TRUE) else seq_len(n))
}

curves <- function(name, s, late, weighted, clustered, rmst) {
    d <- as.data.frame(s)
    d$f <- factor(d$cause, 0:max(d$cause))
    d$row <- seq_len(nrow(d))
    id <- if (clustered) d$cluster else d$row
    parts <- lapply(sort(unique(d$group)), function(g) {
        e <- d[d$group == g, ]
        e$id <- id[d$group == g]
        fit <- if (late) survfit(Surv(start, stop, f) ~ 1, e, weights = e$weight, id = row,
                                 influence = TRUE)
               else survfit(Surv(stop, f) ~ 1, e, weights = e$weight, id = row, influence = TRUE)
        # By row, time (without 0) and state.
        influence <- fit$influence.pstate[, -1, , drop = FALSE] * e$weight
        # CORRECTION: survival 3.5-3 ignores cluster = for several states, so the influences of its
        # rows are summed over clusters here.
        if (clustered) {
            dims <- dim(influence)
            influence <- rowsum(matrix(influence, dims[1]), e$id)
            dim(influence) <- c(nrow(influence), dims[2:3])
            fit$std.err <- sqrt(apply(influence^2, 2:3, sum))
        } else stopifnot(max(abs(fit$std.err - sqrt(apply(influence^2, 2:3, sum)))) < 1e-14)
        within <- fit$time <= rmst
        widths <- diff(c(fit$time[within], rmst))
        lost <- lapply(2:dim(influence)[3], function(k)
            c(sum(widths * fit$pstate[within, k]),
              sqrt(sum((influence[, within, k] %*% widths)^2))))
        limits <- lapply(c("log", "log-log", "plain", "logit", "arcsin"), function(type) {
            one <- survival:::survfit_confint(fit$pstate[, -1], fit$std.err[, -1], logse = FALSE,
                                              type, 0.95, ulimit = FALSE)
            list(lower = t(matrix(one$lower, length(fit$time))),
                 upper = t(matrix(one$upper, length(fit$time))))
        })
        names(limits) <- c("log", "log-log", "plain", "logit", "arcsine")
        list(group = as.character(g), time = fit$time, atRisk = fit$n.risk[, 1],
             probability = t(fit$pstate[, -1]), standardError = t(fit$std.err[, -1]),
             eventFree = fit$pstate[, 1], lost = do.call(rbind, lost), limits = limits)
    })
    gray <- cuminc(d$stop, d$cause, d$group)
    times <- sort(unique(d$stop))
    # Aalen's variance by Gray's package, for right-censored rows that count once.
    aalen <- if (late || weighted || clustered) NULL else {
        points <- timepoints(gray, times)
        list(time = times, estimate = points$est[, ], variance = points$var[, ],
             label = as.list(rownames(points$est)))
    }
    list(name = name, rows = s, late = late + 0, weighted = weighted + 0,
         clustered = clustered + 0, upTo = rmst, parts = parts, aalen = aalen)
}

gray <- function(name, s, rho, stratified) {
    fit <- if (stratified) cuminc(s$stop, s$cause, s$group, s$stratum, rho = rho)
           else cuminc(s$stop, s$cause, s$group, rho = rho)
    list(name = name, rows = s, rho = rho, stratified = stratified + 0,
         statistic = fit$Tests[, "stat"], p = fit$Tests[, "pv"], df = fit$Tests[, "df"],
         cause = as.list(rownames(fit$Tests)))
}

tied <- study(120, 1:12, 2, 1:2)
fine <- study(90, (1:2000) / 16, 3, 1)
one <- study(40, 1:6, 1, 1:2)
late <- study(150, 1:10, 2, 1:2, late = TRUE)
heavy <- study(110, 1:9, 2, 1:2, weights = TRUE)
grouped <- study(130, 1:12, 2, 1:2, clusters = 30)
all <- study(160, 1:11, 3, 1:3, late = TRUE, weights = TRUE, clusters = 40)
big <- study(400, (1:500) / 4, 2, 1:4)

cases <- list(
    curves("tied times, two groups", tied, FALSE, FALSE, FALSE, 9.5),
    curves("nearly untied, three causes", fine, FALSE, FALSE, FALSE, 100),
    curves("one cause", one, FALSE, FALSE, FALSE, 5),
    curves("delayed entry", late, TRUE, FALSE, FALSE, 11),
    curves("probability weights", heavy, FALSE, TRUE, FALSE, 8.5),
    curves("clusters", grouped, FALSE, FALSE, TRUE, 11),
    curves("delayed entry, weights and clusters", all, TRUE, TRUE, TRUE, 12))
write_cases("competing-risks.json", cases)

tests <- list(
    gray("tied times, two groups", tied, 0, FALSE),
    gray("four groups", big, 0, FALSE),
    gray("four groups, rho 1", big, 1, FALSE),
    gray("four groups, rho -0.5", big, -0.5, FALSE),
    gray("four groups in strata", big, 0, TRUE),
    gray("tied times in strata, rho 2", tied, 2, TRUE),
    gray("one cause", one, 0, FALSE))
write_cases("gray.json", tests)
