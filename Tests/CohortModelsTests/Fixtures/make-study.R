#!/usr/bin/env Rscript
# The analysis of the leukemia study in R, from the tables of subjects in study/.
#
#   cd Tests/CohortModelsTests/Fixtures && Rscript make-study.R      writes study.json
#
# Needs `survival` and `cmprsk` (Debian: apt-get install r-cran-survival r-cran-cmprsk). The tables are
# those of a synthetic cohort with gaps, which is part of the fixture; the test that "writes the tables" in
# AnalysisFixtureTests.swift makes them anew. Endpoints and covariates are derived here from the tables,
# not taken from the package.

source("figures.R")
times <- c(6, 12, 24)
limit <- 12
month <- 30.4375

# ---------------------------------------------------------------------------------- the tables

table_of <- function(name) read.csv(file.path("study", paste0(name, ".csv")),
                                    colClasses = "character", check.names = FALSE)
day <- function(x) as.integer(as.Date(ifelse(x == "", NA, x)))
number <- function(x) suppressWarnings(as.numeric(x))
yes <- function(x) ifelse(x == "yes", 1, ifelse(x == "no", 0, NA))
coded <- function(x) ifelse(x %in% c("", "unknown", "notApplicable"), NA, x)

lock <- day(table_of("study")$dataLock)
subjects <- table_of("subjects")
subjects$infusion <- day(subjects$infusionDay)
assessments <- table_of("assessments")
relapses <- table_of("relapses")
consolidations <- table_of("consolidations")
toxicities <- table_of("toxicities")
within <- function(x, name) split(x, factor(x$subjectID, levels = name))

d <- subjects[!is.na(subjects$infusion), ]
id <- d$subjectID
death <- ifelse(day(d$deathDay) <= lock, day(d$deathDay), NA)
alive <- ifelse(is.na(day(d$lastAliveDay)), day(d$deathDay), day(d$lastAliveDay))
censor <- pmin(alive, lock)
earliest <- function(days) if (length(days) == 0 || all(is.na(days))) NA else min(days, na.rm = TRUE)
relapse_day <- function(molecular) vapply(within(relapses, id), function(r) {
    days <- day(r$day)
    earliest(days[days <= lock & (molecular | r$molecularOnly != "yes")])
}, 0)
relapse <- relapse_day(FALSE)

# ---------------------------------------------------------------------------------- day 28

is_remission <- function(a, criteria, infusion, subject) {
    blasts <- number(a$blastPercent)
    shows <- (!is.na(blasts) & blasts >= 5) | a$extramedullary == "yes" | a$cns %in% c("cns2", "cns3")
    if (criteria == "rocca") return(ifelse(shows, 0, ifelse(is.na(blasts), NA, 1)))
    level <- number(a$mrdLevel)
    ifelse(shows, 0, ifelse(is.na(blasts), NA, ifelse(!is.na(level) & level >= 0.01, 0, 1)))
}
day28 <- function(criteria) {
    t(vapply(seq_along(id), function(i) {
        a <- assessments[assessments$subjectID == id[i], ]
        if (nrow(a) == 0) return(c(NA, NA, NA))
        a$d <- day(a$day)
        a$r <- is_remission(a, criteria)
        a <- a[a$d <= lock & a$d - d$infusion[i] >= 21 & a$d - d$infusion[i] <= 42 & !is.na(a$r), ]
        if (nrow(a) == 0) return(c(NA, NA, NA))
        a <- a[order(abs(a$d - d$infusion[i] - 28), a$d), ][1, ]
        mrd <- if (coded(a$mrdResult) %in% "negative")
            as.numeric(!is.na(number(a$mrdSensitivity)) && number(a$mrdSensitivity) <= 1e-4)
        else if (coded(a$mrdResult) %in% "positive") 0 else NA
        c(a$d, a$r, mrd)
    }, numeric(3)))
}
at28 <- day28("rocca")

# ---------------------------------------------------------------------------------- rows

exposed <- yes(d$inotuzumab)
response <- ifelse(exposed == 1,
    ifelse(d$inotuzumabResponse == "refractory", 0,
           ifelse(d$inotuzumabResponse %in% c("completeRemissionMRDNegative",
                "completeRemissionMRDPositive", "incompleteRecovery"), 1, NA)), NA)
timing <- ifelse(exposed == 1, match(coded(d$inotuzumabTiming), c("preApheresisOnly", "bridging")), NA)
lesions <- coded(d$lesions)
event_time <- function(events, censoring = censor, origin = d$infusion) {
    first <- do.call(pmin, c(events, na.rm = TRUE))
    list(time = (ifelse(is.na(first), censoring, first) - origin) / month, event = as.numeric(!is.na(first)))
}
os <- event_time(list(death, NA))
pfs <- event_time(list(relapse, death))
cause <- ifelse(pfs$event == 0, 0, ifelse(!is.na(relapse) & (is.na(death) | relapse <= death), 1, 2))
x <- data.frame(
    exposed, age = number(d$ageYears) / 10, sex = coded(d$sex), race = coded(d$raceEthnicity),
    ph = c(negative = 0, positive = 1)[coded(d$philadelphia)], lines = number(d$priorLines),
    # The day of a transplant says that there was one.
    transplant = ifelse(d$priorAlloTransplantDay != "", 1, yes(d$priorAlloTransplant)),
    blinatumomab = yes(d$blinatumomab),
    active = as.numeric(number(d$preApheresisBlastPercent) > 5),
    extramedullary = yes(d$preApheresisExtramedullary),
    cns = as.numeric(coded(d$preApheresisCNS) != "cns1"),
    bridging = as.numeric(coded(d$bridging) != "none"),
    remission = as.numeric(coded(d$preInfusionStatus) %in% c("mrdOnly", "mrdNegative")),
    site = d$siteID)
x$remission[is.na(coded(d$preInfusionStatus))] <- NA
x$sex <- factor(x$sex, levels = c("female", "male"))
x$race <- factor(x$race, levels = c("nonHispanicWhite", "hispanic", "nonHispanicBlack",
                                    "asianPacificIslander", "other"))
covariates <- "exposed + active + lines + age + ph + transplant"

# ---------------------------------------------------------------------------------- flow and rates

reached <- ifelse(is.na(at28[, 2]), 1, ifelse(at28[, 2] == 0, 2, ifelse(at28[, 3] %in% 1, 4, 3)))
put("flow", nrow(subjects), sum(reached >= 1), sum(reached >= 2), sum(reached >= 3), sum(reached >= 4))

rate <- function(name, answer, members = TRUE) {
    keep <- members & !is.na(answer) & !is.na(exposed)
    for (group in c("all", "naive", "exposed")) {
        these <- keep & (group == "all" | exposed == (group == "exposed"))
        k <- sum(answer[these]); n <- sum(these)
        put(paste0(name, ".", group), k, n, prop.test(k, n, correct = FALSE)$conf.int,
            binom.test(k, n)$conf.int)
    }
    put(paste0(name, ".fisher"),
        fisher.test(table(factor(answer[keep], 0:1), exposed[keep]))$p.value)
}
grade <- function(kind) vapply(within(toxicities, id), function(t) {
    g <- number(t$maximumGrade[t$kind == kind])
    if (length(g) == 0 || all(is.na(g))) NA else max(g, na.rm = TRUE)
}, 0)
evaluable <- !is.na(at28[, 2])
inRemission <- at28[, 2] %in% 1
rate("rate.remission", as.numeric(inRemission), evaluable)
rate("rate.remission.infused", as.numeric(inRemission))
rate("rate.negative", ifelse(inRemission, at28[, 3], 0), evaluable)
rate("rate.negative.remission", at28[, 3], inRemission)
rate("rate.crs", as.numeric(grade("crs") >= 1)); rate("rate.crs3", as.numeric(grade("crs") >= 3))
rate("rate.icans", as.numeric(grade("icans") >= 1)); rate("rate.icans3", as.numeric(grade("icans") >= 3))

# ---------------------------------------------------------------------------------- curves and tests

cox <- function(y, formula, data = x, ...) {
    data$time <- y$time; data$event <- y$event
    coxph(as.formula(paste("Surv(time, event) ~", formula)), data, control = tight, ...)
}
e_value <- function(name, fit) {
    risk <- function(hr) (1 - 0.5^sqrt(hr)) / (1 - 0.5^sqrt(1 / hr))
    bound <- function(rr) { rr <- ifelse(rr < 1, 1 / rr, rr); rr + sqrt(rr * (rr - 1)) }
    b <- coef(fit)[1]; se <- sqrt(vcov(fit)[1, 1])
    limits <- exp(b + c(-1, 1) * qnorm(0.975) * se)
    near <- if (limits[1] <= 1 && limits[2] >= 1) 1 else bound(risk(if (b > 0) limits[1] else limits[2]))
    put(name, risk(exp(b)), bound(risk(exp(b))), near)
}
effect <- function(name, fit, column = "exposed", robust = FALSE) {
    i <- match(column, names(coef(fit)))
    put(name, coef(fit)[i], sqrt(vcov(fit)[i, i]), fit$n, fit$nevent)
}

# ---------------------------------------------------------------------------------- propensity

complete <- complete.cases(x[, c("exposed", "active", "lines", "age", "ph", "transplant", "blinatumomab",
                                 "cns", "extramedullary")])
score <- rep(NA, nrow(x))
logit <- glm(exposed ~ active + lines + age + ph + transplant + blinatumomab + cns + extramedullary,
             binomial, x[complete, ], control = glm.control(epsilon = 1e-15, maxit = 100))
score[complete] <- fitted(logit)
put("propensity.coef", coef(logit))
share <- mean(x$exposed[complete])
weight <- ifelse(x$exposed == 1, share / score, (1 - share) / (1 - score))
limits <- quantile(weight[complete], c(0.01, 0.99))
weight <- pmin(pmax(weight, limits[1]), limits[2])
put("propensity.weights", sapply(1:0, function(g) {
    w <- weight[complete & x$exposed == g]
    c(length(w), sum(w), sum(w)^2 / sum(w^2), max(w))
}))

# ---------------------------------------------------------------------------------- two endpoints

cuts <- list(age = ifelse(x$age < 6, 0, 1), sex = as.numeric(x$sex) - 1, ph = x$ph,
             lines = ifelse(x$lines < 4, 0, 1), transplant = x$transplant,
             blinatumomab = x$blinatumomab, active = x$active, cns = x$cns, remission = x$remission)
singles <- c("exposed", "age", "sex", "race", "ph", "lines", "transplant", "blinatumomab", "active",
             "extramedullary", "cns", "bridging", "remission")
for (e in c("pfs", "os")) {
    y <- get(e)
    compare(paste0(e, ".arm"), y, exposed, 0:1)
    compare(paste0(e, ".response"), y, response, 0:1)
    compare(paste0(e, ".timing"), y, timing, 1:2)
    for (s in singles) model(paste0(e, ".single.", s), cox(y, s))
    whole <- cox(y, covariates)
    model(paste0(e, ".model"), whole)
    e_value(paste0(e, ".evalue.unadjusted"), cox(y, "exposed"))
    e_value(paste0(e, ".evalue.adjusted"), whole)
    for (s in names(cuts)) {
        z <- cbind(x, cut = cuts[[s]])
        for (level in 0:1) {
            k <- z$cut %in% level
            effect(paste0(e, ".subgroup.", s, ".", level),
                   cox(lapply(y, `[`, k), "exposed", z[k, ]))
        }
        smaller <- cox(y, "exposed + factor(cut)", z)
        larger <- cox(y, "exposed * factor(cut)", z)
        chi <- 2 * (larger$loglik[2] - smaller$loglik[2])
        put(paste0(e, ".subgroup.", s, ".interaction"), chi, 1, pchisq(chi, 1, lower.tail = FALSE))
    }
    w <- cbind(x, weight = weight, time = y$time, event = y$event)[complete, ]
    effect(paste0(e, ".weighted.cox"),
           coxph(Surv(time, event) ~ exposed, w, weights = weight, robust = TRUE, control = tight))
    for (g in 0:1) {
        s <- summary(survfit(Surv(time, event) ~ 1, w[w$exposed == g, ], weights = weight, robust = TRUE),
                     times = c(6, 12))
        put(paste0(e, ".weighted.curve.", g), s$surv, s$std.err)
    }
    used <- complete.cases(x[, c("exposed", "active", "lines", "age", "ph", "transplant")])
    for (g in 0:1) {
        people <- x[used, ]; people$exposed <- g
        s <- summary(survfit(whole, people, se.fit = FALSE), times = c(6, 12))$surv
        put(paste0(e, ".standardized.", g), rowMeans(s))
    }
}

# Reverse Kaplan-Meier: a death leaves the risk set before a censoring of the same day.
reverse <- function(name, k) {
    s <- data.frame(time = os$time - 1e-4 * os$event, event = 1 - os$event)[k, ]
    q <- quantile(survfit(Surv(time, event) ~ 1, s), c(0.25, 0.5, 0.75))
    put(name, q$quantile, q$lower, q$upper)
}
reverse("followup.all", TRUE); reverse("followup.1", exposed == 0); reverse("followup.2", exposed == 1)

# ---------------------------------------------------------------------------------- consolidation

consolidated_day <- function(kinds) vapply(within(consolidations, id), function(c) {
    days <- day(c$startDay)
    earliest(days[days <= lock & c$kind %in% kinds])
}, 0)
history <- function(name, kinds) {
    z <- cbind(x, t = (consolidated_day(kinds) - d$infusion) / month, time = pfs$time, event = pfs$event)
    z <- z[z$time > 0, ]
    late <- !is.na(z$t) & z$t >= z$time
    put(paste0(name, ".counts"), sum(!is.na(z$t) & !late), sum(late))
    z$t[late] <- NA
    before <- transform(z, start = 0, stop = ifelse(is.na(t), time, t), event = ifelse(is.na(t), event, 0),
                        con = 0)
    after <- transform(z[!is.na(z$t), ], start = t, stop = time, con = 1)
    long <- rbind(before, after)
    model(name, coxph(as.formula(paste("Surv(start, stop, event) ~", covariates, "+ con")), long,
                      control = tight))
}
everything <- c("alloTransplant", "tyrosineKinaseInhibitor", "otherMaintenance")
history("consolidation.any", everything)
history("consolidation.transplant", "alloTransplant")
for (landmark in c(73, 60, 100)) {
    name <- paste0("landmark.", landmark)
    over <- round(pfs$time * month) > landmark
    put(paste0(name, ".left"), sum(!over & pfs$event == 1), sum(!over & pfs$event == 0))
    first <- consolidated_day(everything)
    z <- cbind(x, con = as.numeric(!is.na(first) & first - d$infusion <= landmark))[over, ]
    y <- list(time = (round(pfs$time * month) - landmark)[over] / month, event = pfs$event[over])
    effect(paste0(name, ".unadjusted"), cox(y, "con", z), "con")
    effect(paste0(name, ".adjusted"), cox(y, paste(covariates, "+ con"), z), "con")
    compare(name, y, z$con, 0:1)
}

# ---------------------------------------------------------------------------------- competing risks

gray <- cuminc(pfs$time, cause, exposed, cencode = 0)$Tests
put("competing.gray", t(gray[c("1", "2"), c("stat", "df", "pv")]))
states <- factor(cause, 0:2)
for (g in 0:1) {
    fit <- survfit(Surv(pfs$time[exposed == g], states[exposed == g]) ~ 1)
    s <- summary(fit, times = c(6, 12))
    for (k in 1:2)
        put(paste0("competing.incidence.", k, ".", g), sum(cause == k & exposed == g), s$pstate[, k + 1],
            s$lower[, k + 1], s$upper[, k + 1])
}
for (k in 1:2) {
    model(paste0("competing.cause.", k),
          cox(list(time = pfs$time, event = as.numeric(cause == k)), "exposed + active + lines"))
    z <- cbind(x, time = pfs$time, state = states)
    z <- z[complete.cases(z[, c("exposed", "active", "lines")]), ]
    z$row <- seq_len(nrow(z))
    fg <- finegray(Surv(time, state) ~ exposed + active + lines + row, z, etype = k)
    put(paste0("competing.finegray.", k, ".coef"),
        coef(coxph(Surv(fgstart, fgstop, fgstatus) ~ exposed + active + lines, fg, weights = fgwt,
                   control = tight)))
}

# ---------------------------------------------------------------------------------- sensitivity

variant <- function(name, y, data = x, ...) {
    effect(paste0("sensitivity.", name, ".unadjusted"), cox(y, paste("exposed", list(...)$more), data))
    effect(paste0("sensitivity.", name, ".adjusted"), cox(y, paste(covariates, list(...)$more), data))
}
hct <- consolidated_day("alloTransplant")
stops <- !is.na(hct) & hct <= pmin(relapse, death, Inf, na.rm = TRUE)
to_hct <- event_time(list(ifelse(stops, NA, relapse), ifelse(stops, NA, death)), ifelse(stops, hct, censor))
variant("transplant", to_hct)
failed <- function(at) ifelse(at[, 2] %in% 0, at[, 1], NA)
variant("nonresponse", event_time(list(failed(at28), relapse, death)))
variant("molecular", event_time(list(relapse_day(TRUE), death)))
seen <- vapply(seq_along(id), function(i) {
    days <- c(day(assessments$day[assessments$subjectID == id[i]]), day(d$lastAssessmentDay[i]))
    days <- days[!is.na(days) & days <= lock & days >= d$infusion[i]]
    if (length(days) == 0) d$infusion[i] else max(days)
}, 0)
variant("assessment", event_time(list(relapse, death), seen))
variant("eln", event_time(list(failed(day28("eln2024")), relapse, death)))
for (e in c("pfs", "os")) {
    y <- get(e)
    z <- x; z$exposed[timing %in% 2] <- 0
    variant(paste0(e, ".naive"), y, z)
    k <- !(timing %in% 2)
    variant(paste0(e, ".out"), lapply(y, `[`, k), x[k, ])
    variant(paste0(e, ".stratified"), y, more = "+ strata(site)")
    variant(paste0(e, ".clustered"), y, more = "+ cluster(site)")
}
sites <- sort(unique(x$site))
for (i in seq_along(sites)) {
    k <- x$site != sites[i]
    effect(paste0("sensitivity.site.", i), cox(lapply(pfs, `[`, k), covariates, x[k, ]))
}

# ---------------------------------------------------------------------------------- first table

table_row <- function(name, v) {
    for (g in c("all", "0", "1")) {
        s <- v[!is.na(v) & (g == "all" | exposed == g)]
        put(paste0("baseline.", name, ".", g), length(s), quantile(s, c(0, 0.25, 0.5, 0.75, 1)))
    }
    put(paste0("baseline.", name, ".p"), wilcox.test(v ~ exposed, exact = FALSE, correct = TRUE)$p.value)
}
table_row("age", number(d$ageYears))
table_row("lines", x$lines)
summary_of <- function(name, v) { v <- v[!is.na(v)]; put(name, length(v), quantile(v, c(0, 0.25, 0.5, 0.75, 1))) }
summary_of("exposure.doses", number(d$inotuzumabDoses)[exposed == 1])
for (kind in c("crs", "icans")) {
    t <- do.call(rbind, lapply(seq_along(id), function(i) {
        t <- toxicities[toxicities$subjectID == id[i] & toxicities$kind == kind & toxicities$onsetDay != "", ]
        if (nrow(t) == 0) return(c(NA, NA))
        t <- t[which.max(number(t$maximumGrade)), ]
        c(day(t$onsetDay) - d$infusion[i], day(t$resolvedDay) - day(t$onsetDay))
    }))
    summary_of(paste0("toxicity.", kind, ".onset"), t[, 1])
    summary_of(paste0("toxicity.", kind, ".duration"), t[, 2])
}
summary_of("consolidation.any.days", consolidated_day(everything) - d$infusion)
summary_of("consolidation.transplant.days", consolidated_day("alloTransplant") - d$infusion)
counts <- table(x$active, exposed)
put("baseline.active", counts["1", ], chisq.test(counts, correct = FALSE)$p.value)

write_result("study.json")
