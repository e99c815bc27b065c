#!/usr/bin/env Rscript
# The analysis of the transplant cohort in R, from the file that comes with the package.
#
#   cd Tests/CohortModelsTests/Fixtures && Rscript make-transplant.R      writes transplant.json
#
# Needs `survival` and `cmprsk` (Debian: apt-get install r-cran-survival r-cran-cmprsk).

source("figures.R")
times <- c(180, 365, 730, 1095, 1460, 1825)
d <- read.csv("../../../Sources/CohortModels/Resources/bone-marrow-transplant.csv")
d$risk <- relevel(factor(d$group), "2")
d$patient <- d$z1 - 28
d$donor <- d$z2 - 28
terms <- "risk + patient + donor + I(patient * donor) + z8"

for (e in list(list("dfs", d$t2, d$d3), list("os", d$t1, d$d1))) {
    y <- list(time = e[[2]], event = e[[3]])
    compare(e[[1]], y, d$group, 1:3)
    pairs <- list(1:2, c(1, 3), 2:3)
    chi <- sapply(pairs, function(p) {
        k <- d$group %in% p
        survdiff(Surv(y$time[k], y$event[k]) ~ d$group[k])$chisq
    })
    p <- pchisq(chi, 1, lower.tail = FALSE)
    put(paste0(e[[1]], ".pairs"), rbind(chi, p, p.adjust(p, "holm")))
    s <- cbind(d, time = y$time, event = y$event)
    model(paste0(e[[1]], ".model"),
          coxph(as.formula(paste("Surv(time, event) ~", terms)), s, control = tight))
}

# Reverse Kaplan-Meier: a death leaves the risk set before a censoring of the same day.
for (g in 0:3) {
    k <- g == 0 | d$group == g
    s <- data.frame(time = d$t1 - 1e-2 * d$d1, event = 1 - d$d1)[k, ]
    q <- quantile(survfit(Surv(time, event) ~ 1, s), c(0.25, 0.5, 0.75))
    put(paste0("followup.", if (g == 0) "all" else g), q$quantile, q$lower, q$upper)
}

cause <- ifelse(d$d3 == 0, 0, ifelse(d$d2 == 1, 1, 2))
gray <- cuminc(d$t2, cause, d$group, cencode = 0)$Tests
put("competing.gray", t(gray[c("1", "2"), c("stat", "df", "pv")]))
states <- factor(cause, 0:2)
for (g in 1:3) {
    k <- d$group == g
    s <- summary(survfit(Surv(d$t2[k], states[k]) ~ 1), times = times, extend = FALSE)
    values <- function(column) { v <- rep(NA, length(times)); v[match(s$time, times)] <- column; v }
    for (c in 1:2)
        put(paste0("competing.incidence.", c, ".", g), sum(cause[k] == c), values(s$pstate[, c + 1]),
            values(s$lower[, c + 1]), values(s$upper[, c + 1]))
}
for (c in 1:2) {
    s <- cbind(d, time = d$t2, event = as.numeric(cause == c), state = states, row = seq_len(nrow(d)))
    model(paste0("competing.cause.", c),
          coxph(as.formula(paste("Surv(time, event) ~", terms)), s, control = tight))
    fg <- finegray(Surv(time, state) ~ risk + patient + donor + z8 + row, s, etype = c)
    put(paste0("competing.finegray.", c, ".coef"),
        coef(coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~", terms)), fg, weights = fgwt,
                   control = tight)))
}

for (v in c("z1", "z7")) {
    for (g in 0:3) {
        s <- d[[v]][g == 0 | d$group == g]
        put(paste0("baseline.", v, ".", g), length(s), quantile(s, c(0, 0.25, 0.5, 0.75, 1)))
    }
    put(paste0("baseline.", v, ".p"), kruskal.test(d[[v]], d$group)$p.value)
}
for (v in "z8") {
    counts <- table(d[[v]], d$group)
    expected <- suppressWarnings(chisq.test(counts, correct = FALSE))
    put(paste0("baseline.", v), counts["1", ],
        if (min(expected$expected) < 5) fisher.test(counts)$p.value else expected$p.value)
}
write_result("transplant.json")
