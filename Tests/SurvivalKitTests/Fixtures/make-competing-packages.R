#!/usr/bin/env Rscript
# Competing risks and several states by packages other than survival and cmprsk: etm, timereg,
# riskRegression.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-competing-packages.R
#
# writes etm.json, etm-incidence.json, timereg.json and fgr.json. Needs
#   apt-get install r-cran-survival r-cran-etm r-cran-timereg r-cran-riskregression
# (Debian 12: etm 1.1.1, timereg 2.0.5, riskRegression 2022.11.28).

source("fixture-json.R")
suppressMessages({
    library(etm)
    library(timereg)
    library(riskRegression)
    library(prodlim)
})
set.seed(20110101)

# --- etm: products of I + dA from state 1, and Greenwood's variance for competing risks ----------

# Well (1) and ill (2) alternate, both can die (3).
histories <- function(n, fine, late = FALSE) {
    rows <- NULL
    for (i in seq_len(n)) {
        time <- if (late && i > n / 2) sample(1:3, 1) else 0
        end <- time + sample(4:12, 1)
        state <- if (time > 0) sample(2, 1) else 1
        repeat {
            stay <- if (fine) round(rexp(1, 0.35), 6) + 1e-6 else sample(1:5, 1)
            stop <- time + stay
            to <- if (state == 1) sample(2:3, 1, prob = c(3, 1)) else sample(c(1, 3), 1)
            if (stop >= end) { stop <- end; to <- 0 }
            rows <- rbind(rows, c(i, time, stop, state, to))
            if (to == 0 || to == 3) break
            time <- stop
            state <- to
        }
    }
    colnames(rows) <- c("id", "start", "stop", "from", "to")
    as.data.frame(rows)
}

product <- function(name, d) {
    tra <- matrix(FALSE, 3, 3)
    tra[1, 2] <- tra[1, 3] <- tra[2, 1] <- tra[2, 3] <- TRUE
    e <- data.frame(id = d$id, entry = d$start, exit = d$stop, from = as.character(d$from),
                    to = ifelse(d$to == 0, "cens", as.character(d$to)))
    fit <- etm(e, c("1", "2", "3"), tra, "cens", s = 0, t = "last", covariance = FALSE)
    list(name = name, rows = as.list(d), time = fit$time, probability = fit$est[1, , ])
}

write_cases("etm.json", list(
    product("tied", histories(60, FALSE)),
    product("fine", histories(50, TRUE)),
    product("delayed entry", histories(80, FALSE, late = TRUE))))

competing <- function(n, tied, late = FALSE) {
    start <- if (late) sample(0:3, n, TRUE) else rep(0, n)
    stop <- start + if (tied) sample(1:12, n, TRUE) else sample(seq(0.1, 12, 0.01), n)
    list(start = start, stop = stop, cause = sample(0:2, n, TRUE))
}

incidence <- function(name, s) {
    d <- as.data.frame(s)
    fit <- etmCIF(Surv(start, stop, cause != 0) ~ 1, d, etype = cause, failcode = 1)
    one <- fit[[1]]
    found <- lapply(1:2, function(k) {
        m <- summary(fit)[[1]][[k]]
        list(time = m$time, probability = m$P, variance = m$var)
    })
    list(name = name, rows = s, parts = found)
}

write_cases("etm-incidence.json", list(
    incidence("tied", competing(120, TRUE)),
    incidence("untied", competing(90, FALSE)),
    incidence("delayed entry", competing(150, TRUE, late = TRUE))))

# --- timereg: the incidence by inverse probability of censoring weighting ------------------------

# Its regression on an intercept alone is the weighted mean of who has had the event, which is the
# Aalen-Johansen estimate when the weights are those of Kaplan and Meier. Without ties of events and
# censorings, whose order is its own.
weighted <- function(name, n) {
    s <- competing(n, FALSE)
    s$stop <- s$stop + (seq_len(n)) / (1000 * n)
    d <- as.data.frame(s)
    stopifnot(!anyDuplicated(d$stop))
    parts <- lapply(1:2, function(k) {
        fit <- comp.risk(Event(stop, cause) ~ +1, d, cause = k, n.sim = 0, max.clust = NULL,
                         times = sort(d$stop[d$cause == k]))
        list(time = fit$cum[, 1], probability = 1 - exp(-fit$cum[, 2]))
    })
    list(name = name, rows = s, parts = parts)
}

write_cases("timereg.json", list(weighted("few", 60), weighted("more", 200)))

# --- riskRegression: FGR, the Fine-Gray model with a formula, and its risks -----------------------

model <- function(name, n) {
    s <- list(stop = round(rexp(n), 5) + seq_len(n) * 1e-8, cause = sample(0:2, n, TRUE),
              x = round(rnorm(n), 3), f = sample(1:3, n, TRUE))
    d <- as.data.frame(s)
    stopifnot(!anyDuplicated(d$stop))
    d$f <- factor(d$f)
    fit <- FGR(Hist(stop, cause) ~ x + f, d, cause = 1, gtol = 1e-15, maxiter = 100)
    new <- rbind(c(0.5, 2), c(-1, 1), c(0, 3))
    times <- c(0.2, 0.5, 1)
    risks <- predictRisk(fit, data.frame(x = new[, 1], f = factor(new[, 2], 1:3)), times = times)
    list(name = name, rows = s, coefficients = as.numeric(fit$crrFit$coef),
         covariance = fit$crrFit$var, new = new, times = times, risks = risks)
}

write_cases("fgr.json", list(model("factor", 150), model("factor, more", 400)))
