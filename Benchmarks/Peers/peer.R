# SPDX-License-Identifier: Apache-2.0
#
# Times R's survival on one case: Rscript peer.R CASE FILE SECONDS

suppressMessages(library(survival))
suppressMessages(library(cmprsk))
arguments <- commandArgs(trailingOnly = TRUE)
case <- arguments[1]
budget <- as.numeric(arguments[3])
connection <- file(arguments[2], "rb")
shape <- readBin(connection, "double", 2)
n <- shape[1]
p <- shape[2]
time <- readBin(connection, "double", n)
status <- readBin(connection, "double", n)
start <- readBin(connection, "double", n)
code <- as.integer(readBin(connection, "double", n))
x <- matrix(readBin(connection, "double", n * p), n, p)
close(connection)

work <- sub("-.*", "", case)
control <- coxph.control()
y <- if (work == "late") Surv(start, time, status) else Surv(time, status)
fitter <- function(x, y, strata, method = "efron") {
  f <- if (ncol(y) == 3) agreg.fit else coxph.fit
  f(x, y, strata, NULL, NULL, control, NULL, method, NULL, resid = FALSE)
}
estimates <- function(fit) c(fit$coefficients, sqrt(diag(fit$var)))
cause <- ifelse(status == 1, 1 + code %% 2, 0)
if (work == "states") {
  # As SeededRows.histories: an odd code falls ill half-way.
  ill <- code %% 2 == 1 & time >= 2
  middle <- ceiling(time / 2)
  d <- rbind(
    data.frame(id = seq_len(n), start = 0, stop = ifelse(ill, middle, time), from = 0,
               to = ifelse(ill, 1, 2 * status)),
    data.frame(id = which(ill), start = middle[ill], stop = time[ill], from = 1,
               to = 2 * status[ill]))
  d$to <- factor(d$to, 0:2, c("none", "1", "2"))
  d$from <- factor(d$from, 0:2)
}
if (work %in% c("score", "dfbeta")) fitted <- coxph(y ~ x, model = TRUE, x = TRUE)
body <- switch(work,
  cox = , late = function() estimates(fitter(x, y, NULL)),
  strata = function() estimates(fitter(x, y, code)),
  robust = function() {
    fit <- coxph(y ~ x, cluster = code, model = FALSE, y = FALSE)
    c(fit$coefficients, sqrt(diag(fit$var)))
  },
  score = function() colSums(residuals(fitted, "score")^2),
  dfbeta = function() colSums(residuals(fitted, "dfbeta")^2),
  kaplanMeier = function() {
    fit <- survfit(y ~ 1)
    at <- findInterval(c(100, 500, 1000, 2000), fit$time)
    c(rbind(fit$surv[at], (fit$surv * fit$std.err)[at]))
  },
  logRank = function() {
    fit <- survdiff(y ~ code)
    c(fit$chisq, fit$exp)
  },
  incidence = function() {
    fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1)
    at <- findInterval(c(100, 500, 1000, 2000), fit$time)
    c(rbind(fit$pstate[at, 2], fit$std.err[at, 2]), rbind(fit$pstate[at, 3], fit$std.err[at, 3]))
  },
  states = function() {
    fit <- survfit(Surv(start, stop, to) ~ 1, d, id = id, istate = from)
    at <- findInterval(c(100, 500, 1000, 2000), fit$time)
    c(sapply(match(c("1", "2"), fit$states), function(k)
      rbind(fit$pstate[at, k], fit$std.err[at, k])))
  },
  gray = function() cuminc(time, cause, code)$Tests[, "stat"],
  fineGray = function() {
    fit <- crr(time, cause, x, gtol = 1e-9)
    c(fit$coef, sqrt(diag(fit$var)))
  },
  finegray = function() {
    d <- data.frame(time, cause = factor(cause, 0:2), x, id = seq_len(n))
    f <- finegray(Surv(time, cause) ~ ., d, id = id)
    fit <- coxph(as.formula(paste("Surv(fgstart, fgstop, fgstatus) ~",
                                  paste0("X", seq_len(p), collapse = "+"), "+ cluster(id)")),
                 f, weights = fgwt)
    c(fit$coefficients, sqrt(diag(fit$var)))
  },
  absoluteRisk = function() {
    suppressMessages({library(riskRegression); library(prodlim)})
    d <- data.frame(time, cause, x)
    fit <- CSC(as.formula(paste("Hist(time, cause) ~", paste0("X", seq_len(p), collapse = "+"))),
               d, method = "breslow")
    found <- lapply(1:2, function(k)
      predict(fit, d[1:10, ], times = c(500, 1000), cause = k, se = TRUE, product.limit = FALSE,
              keep.newdata = FALSE))
    # By row, cause and time, as ours.
    unlist(lapply(1:10, function(i) lapply(found, function(f)
      rbind(f$absRisk[i, ], f$absRisk.se[i, ]))))
  },
  concordance = function() {
    fit <- concordancefit(y, x[, 1], reverse = TRUE)
    c(fit$concordance, sqrt(fit$var))
  })
seconds <- numeric(0)
repeat {
  gc(FALSE)
  began <- proc.time()[["elapsed"]]
  clock <- Sys.time()
  answer <- body()
  seconds <- c(seconds, as.numeric(difftime(Sys.time(), clock, units = "secs")))
  if (sum(seconds) >= budget || length(seconds) == 50) break
}
cat("seconds", format(seconds, digits = 15), "\n")
cat("answer", format(answer, digits = 17, trim = TRUE), "\n")
