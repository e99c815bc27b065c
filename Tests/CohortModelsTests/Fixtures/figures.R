# What the scripts of whole analyses share: figures of curves, tests and models, and their writing.
#
# Every entry of a result is a list of numbers under a name.

suppressMessages({library(survival); library(cmprsk)})
options(warn = 1, stringsAsFactors = FALSE)
tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
result <- list()
put <- function(name, ...) result[[name]] <<- as.numeric(c(...))

curve <- function(name, fit) {
    s <- summary(fit)$table
    at <- summary(fit, times = times, extend = FALSE)
    # A curve that has reached 0 stays there, and nobody is at risk; R leaves the later times out.
    ended <- times > max(fit$time) & min(fit$surv) == 0
    values <- function(column, after = NA) {
        v <- ifelse(ended, after, NA)
        v[match(at$time, times)] <- column
        v
    }
    put(name, s["records"], s["events"], s["median"], s["0.95LCL"], s["0.95UCL"], values(at$n.risk, 0),
        values(at$surv, 0), values(at$lower), values(at$upper))
}
area <- function(fit, tau) {
    # Var = sum of A(t)^2 times the increments of the variance of log S.
    keep <- fit$time <= tau & fit$n.event > 0
    t <- fit$time[keep]; s <- fit$surv[keep]; d <- fit$n.event[keep]; n <- fit$n.risk[keep]
    edges <- c(0, t, tau); heights <- c(1, s)
    pieces <- heights * diff(edges)
    A <- rev(cumsum(rev(pieces)))[-1]
    c(sum(pieces), sqrt(sum(A^2 * d / (n * (n - d)))))
}
compare <- function(name, y, group, labels) {
    k <- !is.na(group)
    s <- data.frame(time = y$time, event = y$event, group = group)[k, ]
    curve(paste0(name, ".all"), survfit(Surv(time, event) ~ 1, s))
    fits <- lapply(labels, function(l) survfit(Surv(time, event) ~ 1, s[s$group == l, ]))
    for (i in seq_along(labels)) curve(paste0(name, ".", i), fits[[i]])
    test <- survdiff(Surv(time, event) ~ group, s)
    put(paste0(name, ".logrank"), test$chisq, length(labels) - 1,
        pchisq(test$chisq, length(labels) - 1, lower.tail = FALSE))
    if (length(labels) != 2) return(invisible())
    for (t in times[-length(times)]) {
        at <- lapply(fits, summary, times = t)
        put(paste0(name, ".difference.", t), at[[2]]$surv - at[[1]]$surv,
            sqrt(at[[1]]$std.err^2 + at[[2]]$std.err^2))
    }
    areas <- sapply(fits, area, tau = limit)
    put(paste0(name, ".mean"), areas[1, 2] - areas[1, 1], sqrt(sum(areas[2, ]^2)))
}
model <- function(name, fit) {
    s <- summary(fit)
    # Where a coefficient is infinite R stops somewhere: what depends on where is left out.
    infinite <- sqrt(diag(vcov(fit))) > 50
    put(paste0(name, ".size"), fit$n, fit$nevent)
    put(paste0(name, ".coef"), ifelse(infinite, NA, coef(fit)))
    put(paste0(name, ".se"), ifelse(infinite, NA, sqrt(diag(vcov(fit)))))
    # summary() rounds the Wald statistic to two digits.
    wald <- c(fit$wald.test, s$waldtest["df"], pchisq(fit$wald.test, s$waldtest["df"], lower.tail = FALSE))
    put(paste0(name, ".tests"), s$logtest, if (any(infinite)) rep(NA, 3) else wald, s$sctest)
    put(paste0(name, ".concordance"), s$concordance[1])
    put(paste0(name, ".zph"), if (any(infinite)) NULL else t(cox.zph(fit)$table))
}
digits <- function(v) paste(ifelse(is.finite(v), sprintf("%.17g", v), "null"), collapse = ",")
write_result <- function(file)
    writeLines(c("{", paste0('"', names(result), '":[', vapply(result, digits, ""), "]",
                         c(rep(",", length(result) - 1), "")), "}"), file)
