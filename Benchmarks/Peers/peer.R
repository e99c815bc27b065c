# SPDX-License-Identifier: Apache-2.0
#
# Times R's survival on one case: Rscript peer.R CASE FILE SECONDS

suppressMessages(library(survival))
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
