#!/usr/bin/env Rscript
# Writes predictions.json: survival that R predicts from Cox models, for SurvivalKit's tests.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-predictions.R
#
# Needs R (4.2 was used) and `survival` (3.5), and the files of make-fixtures.R under data/.
#
# Each case is a model and a few new rows, each with its curve at the same times:
#   cumulativeHazard, survival   survfit(coxph, newdata) just after the time
#   standardError                that of the cumulative hazard, which is survfit's std.err (logse)
#   lower, upper                 limits of the survival, conf.type = "log", level 0.95
#   linearPredictor              x'beta + offset: predict(type = "lp", reference = "zero"), from
#                                which R also takes the mean offset
# A time beyond the last of the row's stratum has null: R's step function ends there.
# Numbers read back as the same double.

suppressMessages(library(survival))
options(warn = 1, stringsAsFactors = FALSE)
invisible(Sys.setlocale("LC_COLLATE", "C"))

decimal <- function(v) {
    short <- sprintf("%.13g", v)
    ifelse(suppressWarnings(as.numeric(short)) == v, short, sprintf("%.17g", v))
}
scalar <- function(v) if (is.logical(v)) ifelse(v, "true", "false") else
    if (is.numeric(v)) ifelse(is.finite(v), decimal(as.numeric(v)), "null") else
        paste0('"', v, '"')
array <- function(v) paste0("[", paste(if (length(v)) scalar(unname(v)), collapse = ","), "]")
object <- function(members) paste0("{", paste0('"', names(members), '":', members,
                                               collapse = ","), "}")
given <- function(v) if (is.null(v)) "null" else scalar(v)

tight <- suppressWarnings(coxph.control(eps = 1e-14, iter.max = 100))
cases <- character()

# new: columns of the new rows, by the names of the data.
# factors: c(column = "reference label").
case <- function(name, data, time, event, eventValue = 1, covariates = character(),
                 factors = NULL, entry = NULL, strata = NULL, weights = NULL, offset = NULL,
                 cluster = NULL, robust = !is.null(cluster), new, times) {
    d <- read.csv(file.path("data", paste0(data, ".csv")), check.names = FALSE)
    used <- c(time, event, entry, covariates, names(factors), strata, weights, offset, cluster)
    keep <- complete.cases(d[used])
    excluded <- which(!keep)
    d <- d[keep, , drop = FALSE]
    d$.event <- as.numeric(d[[event]] == eventValue)
    for (f in names(factors)) {
        levels <- as.character(sort(unique(d[[f]]), method = "radix"))
        levels <- c(as.character(factors[[f]]), setdiff(levels, as.character(factors[[f]])))
        d[[f]] <- factor(as.character(d[[f]]), levels)
        new[[f]] <- factor(as.character(new[[f]]), levels)
    }
    # One column of combinations: strata() of several pads numbers by what else is in the column.
    combined <- function(rows) do.call(paste, c(lapply(rows[strata], as.character), sep = ", "))
    if (length(strata)) {
        d$.stratum <- combined(d)
        new$.stratum <- combined(new)
    }
    d$.weight <- if (is.null(weights)) 1 else as.numeric(d[[weights]])
    d$.cluster <- if (is.null(cluster)) seq_len(nrow(d)) else d[[cluster]]
    terms <- c(covariates, names(factors),
               if (length(strata)) "strata(.stratum)",
               if (!is.null(offset)) sprintf("offset(%s)", offset))
    y <- if (is.null(entry)) sprintf("Surv(%s, .event)", time) else
        sprintf("Surv(%s, %s, .event)", entry, time)
    for (ties in c("efron", "breslow")) {
        arguments <- list(formula = as.formula(paste(y, "~", paste(terms, collapse = " + "))),
                          data = d, ties = ties, robust = robust, control = tight,
                          x = TRUE, y = TRUE, model = TRUE)
        if (!is.null(weights)) arguments$weights <- as.name(".weight")
        if (robust) arguments$cluster <- as.name(".cluster")
        fit <- do.call(coxph, arguments)
        rows <- vapply(seq_len(nrow(new)), function(i) {
            row <- new[i, , drop = FALSE]
            curve <- survfit(fit, newdata = row, conf.type = "log", conf.int = 0.95)
            stopifnot(is.null(curve$strata) || length(curve$strata) == 1, curve$logse)
            at <- findInterval(times, curve$time) + 1
            value <- function(v, first) {
                array(ifelse(times > max(curve$time), NA, c(first, v)[at]))
            }
            beta <- ifelse(is.na(coef(fit)), 0, coef(fit))
            x <- model.matrix(as.formula(paste("~", paste(c(covariates, names(factors)),
                                                          collapse = "+"))), row)[, -1]
            lp <- sum(x * beta) + if (is.null(offset)) 0 else row[[offset]]
            object(c(covariates = array(unlist(row[covariates])),
                     factors = array(vapply(row[names(factors)], as.character, "")),
                     stratum = scalar(if (length(strata)) row$.stratum else ""),
                     offset = given(if (!is.null(offset)) row[[offset]]),
                     linearPredictor = scalar(lp),
                     cumulativeHazard = value(curve$cumhaz, 0),
                     standardError = value(curve$std.err, 0),
                     survival = value(curve$surv, 1),
                     lower = value(curve$lower, 1), upper = value(curve$upper, 1)))
        }, "")
        cases[[length(cases) + 1]] <<- object(c(
            name = scalar(paste0(name, ", ", ties)), data = scalar(data), time = scalar(time),
            event = scalar(event), eventValue = scalar(eventValue), entry = given(entry),
            weights = given(weights), offset = given(offset), cluster = given(cluster),
            covariates = array(covariates), strata = array(strata),
            factors = paste0("[", paste(vapply(names(factors), function(f) {
                object(c(name = scalar(f), reference = scalar(as.character(factors[[f]]))))
            }, ""), collapse = ","), "]"),
            robust = scalar(robust), ties = scalar(ties), excludedRows = array(excluded),
            times = array(times), rows = paste0("[", paste(rows, collapse = ","), "]")))
    }
}

case("lung", "lung", "time", "status", 2, covariates = c("age", "sex", "ph.ecog"),
     new = data.frame(age = c(39, 62.5, 82, 0), sex = c(1, 2, 2, 0), ph.ecog = c(0, 1, 3, 0)),
     times = c(0, 4.5, 5, 100, 365.25, 883, 1022, 1022.5))
case("lung in sex, ph.ecog as a factor, cluster inst", "lung", "time", "status", 2,
     covariates = c("age", "wt.loss"), factors = list(ph.ecog = 0), strata = "sex",
     cluster = "inst",
     new = data.frame(age = c(50, 70), wt.loss = c(0, 20), ph.ecog = c(2, 0), sex = c(2, 1)),
     times = c(1, 60, 300, 700, 900))
case("veteran, celltype as a factor, in trt", "veteran", "time", "status",
     covariates = c("karno", "age"), factors = list(celltype = "squamous"), strata = "trt",
     new = data.frame(karno = c(20, 60, 90), age = c(40, 60, 75),
                      celltype = c("adeno", "squamous", "large"), trt = c(2, 1, 2)),
     times = c(1, 30, 99.5, 250, 600, 999))
case("veteran in celltype and prior", "veteran", "time", "status",
     covariates = c("trt", "karno"), strata = c("celltype", "prior"),
     new = data.frame(trt = c(1, 2, 1), karno = c(30, 70, 99),
                      celltype = c("smallcell", "large", "adeno"), prior = c(10, 0, 0)),
     times = c(1, 30, 99, 250, 400))
case("heart", "heart", "stop", "event", entry = "start", covariates = c("age", "surgery"),
     factors = list(transplant = 0),
     new = data.frame(age = c(-17, 4.2), surgery = c(0, 1), transplant = c(1, 0)),
     times = c(0.5, 1, 50, 342, 995, 1800))
case("cgd, cluster id", "cgd", "tstop", "status", entry = "tstart",
     covariates = c("age", "steroids"), factors = list(treat = "placebo"), cluster = "id",
     new = data.frame(age = c(4, 30), steroids = c(0, 1), treat = c("rIFN-g", "placebo")),
     times = c(10, 200, 373, 439))
case("test3 weighted, robust", "test3", "time", "status", covariates = "x", weights = "w",
     robust = TRUE, new = data.frame(x = c(0, 1, 2)), times = c(0.5, 1, 2, 3, 4, 5))
for (data in c("random1", "random3")) for (late in c(FALSE, TRUE)) {
    name <- paste0(data, if (late) ", entry")
    entry <- if (late) "entry"
    last <- if (data == "random1") 12 else 25
    new <- data.frame(z1 = c(-1.5, 0, 2), z2 = c(0, 3, 1), f = c("a", "c", "b"),
                      stratum = c(3, 1, 2), off = c(-0.4, 0, 1.1))
    times <- c(0, 1, 2.5, 4, last / 2, last - 1, last + 1)
    case(paste0(name, ", w robust"), data, "time", "status", covariates = c("z1", "z2"),
         factors = list(f = "b"), entry = entry, weights = "w", robust = TRUE,
         new = new, times = times)
    case(paste0(name, ", w, cluster, strata"), data, "time", "status",
         covariates = c("z1", "z2"), factors = list(f = "a"), entry = entry, weights = "w",
         cluster = "cluster", strata = "stratum", new = new, times = times)
    case(paste0(name, ", offset"), data, "time", "status", covariates = c("z1", "z2"),
         entry = entry, offset = "off", new = new, times = times)
    case(paste0(name, ", w robust, strata, offset"), data, "time", "status",
         covariates = c("z1", "z2"), factors = list(f = "a"), entry = entry, weights = "w",
         robust = TRUE, strata = "stratum", offset = "off", new = new, times = times)
    case(paste0(name, ", aliased"), data, "time", "status",
         covariates = c("z1", "z1double", "z2"), entry = entry,
         new = cbind(new, z1double = 2 * new$z1), times = times)
    case(paste0(name, ", aliased level, w robust, strata"), data, "time", "status",
         covariates = c("z1", "fb"), factors = list(f = "a"), entry = entry, weights = "w",
         robust = TRUE, strata = "stratum", new = cbind(new, fb = as.numeric(new$f == "b")),
         times = times)
}
case("neartie, entry", "neartie", "time", "status", entry = "entry", covariates = "x",
     new = data.frame(x = c(-2, 0.3)), times = c(0.5, 3.5, 10.5, 19.5))

writeLines(c(sprintf('{"generator":"R %s, survival %s","cases":[', getRversion(),
                     packageVersion("survival")),
             paste0(cases, c(rep(",", length(cases) - 1), "")), "]}"), "predictions.json")
