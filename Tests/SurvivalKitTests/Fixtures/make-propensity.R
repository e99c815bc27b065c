#!/usr/bin/env Rscript
# Logistic regression, weights from propensity scores, and weighted analyses.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-propensity.R      writes propensity.json
#
# svydesign(~1) multiplies variances by n/(n - 1), svylogrank also centres its influences; both are
# undone here, for the usual sandwich. svylogrank uses Efron's means at ties, so its data have none.

source("fixture-json.R")
suppressMessages(library(survey))
options(warn = -1)
strict <- list(epsilon = 1e-15, maxit = 100)

# -- logistic regression ------------------------------------------------------------------------

# A strict epsilon makes glm blind to columns that are combinations of others: they are found first.
logistic <- function(name, y, x) {
    loose <- coef(glm(y ~ ., binomial, data.frame(x)))
    kept <- !is.na(loose)
    fit <- glm(y ~ ., binomial, data.frame(x)[kept[-1]], control = strict)
    coefficients <- replace(unname(loose), kept, coef(fit))
    # glm's own covariance has the weights of the iterate before the last.
    e <- fitted(fit)
    covariance <- chol2inv(qr.R(qr(model.matrix(fit) * sqrt(e * (1 - e)))))
    list(name = "logistic", title = name, y = as.numeric(y), x = as.matrix(x),
         coefficients = coefficients, covariance = covariance,
         loglik = c(-fit$null.deviance, -fit$deviance) / 2, fitted = unname(fitted(fit)))
}
v <- read("veteran"); p <- read("pbc"); p <- p[!is.na(p$trt) & !is.na(p$chol), ]
set.seed(11)
n <- 40
rare <- data.frame(a = rnorm(n), b = rexp(n) * 1e6 + 5e7)
cases <- list(
    logistic("veteran", v$trt == 2, v[, c("karno", "age", "diagtime", "prior")]),
    logistic("pbc", p$sex == "m", p[, c("age", "bili", "chol", "albumin")]),
    logistic("one column", v$trt == 2, v[, "karno", drop = FALSE]),
    logistic("far from the origin", rep(c(TRUE, rep(FALSE, 7)), 5), rare),
    logistic("aliased", v$trt == 2,
             cbind(v[, c("karno", "age")], twice = 2 * v$karno - v$age, prior = v$prior)))

# -- weights ------------------------------------------------------------------------------------

v$time <- v$time + seq_len(nrow(v)) / 1000
fit <- glm(I(trt == 2) ~ karno + age + celltype, binomial, v, control = strict)
e <- fitted(fit); z <- v$trt == 2; share <- mean(z)
weights <- list(
    everyone = ifelse(z, share / e, (1 - share) / (1 - e)),
    plain = ifelse(z, 1 / e, 1 / (1 - e)),
    exposed = ifelse(z, 1, e / (1 - e)),
    unexposed = ifelse(z, (1 - e) / e, 1),
    overlap = ifelse(z, 1 - e, e))
weights$truncated <- pmin(pmax(weights$everyone, quantile(weights$everyone, 0.05)),
                          quantile(weights$everyone, 0.95))

wvar <- function(x, w) sum(w) / (sum(w)^2 - sum(w^2)) * sum(w * (x - weighted.mean(x, w))^2)
smd <- function(x, w) {
    m <- c(weighted.mean(x[z], w[z]), weighted.mean(x[!z], w[!z]))
    (m[1] - m[2]) / sqrt((wvar(x[z], w[z]) + wvar(x[!z], w[!z])) / 2)
}
levels <- function(x, w) {
    a <- tapply(w[z], x[z], sum); b <- tapply(w[!z], x[!z], sum)
    p <- (a / sum(a))[-1]; q <- (b / sum(b))[-1]
    S <- (diag(p) - p %o% p + diag(q) - q %o% q) / 2
    sqrt(drop(t(p - q) %*% solve(S) %*% (p - q)))
}
balance <- function(w) c(smd(v$karno, w), smd(v$age, w), levels(factor(v$celltype), w))

weighted <- lapply(names(weights), function(name) {
    v$w <- unname(weights[[name]])
    n <- nrow(v)
    d <- svydesign(~1, weights = ~w, data = v)
    cox <- svycoxph(Surv(time, status) ~ I(trt == 2) + karno, d, control = tight)
    curves <- svykm(Surv(time, status) ~ trt, d)
    at <- c(30, 100, 250)
    survival <- sapply(curves, function(k) k$surv[findInterval(at, k$time)])
    rank <- svylogrank(Surv(time, status) ~ I(trt == 2), d)
    score <- rank[[1]][1]
    square <- rank[[1]][2]^2 * (n - 1) / n + score^2 / n
    list(name = "weights", target = name, values = v$w,
         ess = c(sum(v$w[z])^2 / sum(v$w[z]^2), sum(v$w[!z])^2 / sum(v$w[!z]^2)),
         before = balance(rep(1, n)), after = balance(v$w),
         cox = unname(coef(cox)), coxErrors = unname(sqrt(diag(vcov(cox)) * (n - 1) / n)),
         survival = c(survival[, 2], survival[, 1]), logrank = c(score, score^2 / square))
})
write_cases("propensity.json", c(cases, weighted))
