#!/usr/bin/env Rscript
# Probabilities of states by survival::survfit with id and istate.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-multi-state.R      writes multi-state.json
#
# States: 1 well, 2 ill, 3 dead. influence = TRUE is asked for always, since survival 3.5-3 leaves the
# variance of the initial state out of std.err without it.

source("fixture-json.R")
set.seed(19780101)

# Histories in whole or fine times: well and ill alternate, both can die.
histories <- function(n, fine, late = FALSE, starts = 1, weights = FALSE) {
    rows <- NULL
    for (i in seq_len(n)) {
        time <- if (late) sample(0:3, 1) else 0
        end <- time + sample(4:12, 1)
        state <- if (starts > 1) sample(2, 1) else 1
        w <- if (weights) sample(c(0.5, 1, 1.75), 1) else 1
        g <- sample(2, 1)
        repeat {
            stay <- if (fine) round(rexp(1, 0.35), 6) + 1e-6 else sample(1:5, 1)
            stop <- time + stay
            to <- if (state == 1) sample(2:3, 1, prob = c(3, 1)) else sample(c(1, 3), 1)
            if (stop >= end) { stop <- end; to <- 0 }
            rows <- rbind(rows, c(i, time, stop, state, to, w, g))
            if (to == 0 || to == 3) break
            time <- stop
            state <- to
        }
    }
    colnames(rows) <- c("id", "start", "stop", "from", "to", "weight", "group")
    as.data.frame(rows)
}

case <- function(name, d, upTo, grouped = FALSE) {
    d$event <- factor(d$to, 0:3, c("censor", "1", "2", "3"))
    d$istate <- factor(d$from, 1:3)
    parts <- lapply(if (grouped) 1:2 else 0, function(g) {
        e <- if (g == 0) d else d[d$group == g, ]
        fit <- survfit(Surv(start, stop, event) ~ 1, e, id = id, istate = istate,
                       weights = e$weight, influence = TRUE)
        w <- e$weight[match(sort(unique(e$id)), e$id)]
        u <- fit$influence.pstate * w                 # subject, time (with 0), state
        order <- match(c("1", "2", "3"), fit$states)
        p <- rbind(fit$p0, fit$pstate)[, order]
        error <- sqrt(apply(u^2, 2:3, sum))[, order]
        time <- c(0, fit$time)
        within <- time < upTo
        widths <- diff(c(time[within], upTo))
        means <- sapply(1:3, function(k) sum(widths * p[within, k]))
        errors <- sapply(order, function(k) sqrt(sum((u[, within, k] %*% widths)^2)))
        list(time = fit$time, initial = p[1, ], initialError = error[1, ],
             probability = t(p[-1, ]), standardError = t(error[-1, ]), reported = t(fit$std.err[, order]),
             atRisk = t(fit$n.risk[, order]), means = means, errors = errors)
    })
    list(name = name, rows = as.list(d[, 1:7]), grouped = grouped + 0, upTo = upTo, parts = parts)
}

write_cases("multi-state.json", list(
    case("tied", histories(60, FALSE), 9.5),
    case("fine", histories(50, TRUE), 8),
    case("two initial states", histories(60, FALSE, starts = 2), 10),
    case("delayed entry, two initial states", histories(70, FALSE, late = TRUE, starts = 2), 12),
    case("weights", histories(60, FALSE, weights = TRUE), 9),
    case("delayed entry, weights, groups",
         histories(120, TRUE, late = TRUE, weights = TRUE), 10, grouped = TRUE)))
