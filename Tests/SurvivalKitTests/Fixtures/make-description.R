#!/usr/bin/env Rscript
# Describing a cohort: quantiles, rank tests, tables of counts, proportions, standardized differences.
#
#   cd Tests/SurvivalKitTests/Fixtures && Rscript make-description.R      writes description.json
#
# fisher.test finds odds ratios with uniroot's default tolerance, to about four digits. They are
# solved again here from dhyper, to the last digits. Standardized differences are from their
# formulas; R has no function of its own for them.

source("fixture-json.R")
set.seed(20240611)

# -- samples ------------------------------------------------------------------------------------

veteran <- read("veteran")
pbc <- read("pbc")
bili <- pbc$bili[!is.na(pbc$bili)]
samples <- list(
    c(3, 1, 2), 7, c(2, 2, 2, 2), c(1.5, -2, 8, 8, 3.25, 0, 11, -7, 4, 4),
    round(rnorm(37), 2), veteran$age, veteran$karno, bili, c(1e300, -1e300, 5), 1:100 / 10)
probs <- c(0, 0.025, 0.1, 0.25, 1 / 3, 0.5, 0.6, 0.75, 0.9, 0.975, 1)

quantiles <- lapply(samples, function(x)
    list(name = "quantiles", values = as.numeric(x), probs = probs,
         result = t(sapply(1:9, function(type) quantile(x, probs, type = type, names = FALSE))),
         mean = mean(x), sd = if (length(x) > 1 && max(abs(x)) < 1e200) sd(x) else NA_real_))

# -- rank tests ---------------------------------------------------------------------------------

pairs <- list(
    list(c(1.1, 2.3, 4.7), c(0.4, 3.1)),
    list(c(1, 2, 3, 4, 5), c(6, 7, 8, 9)),
    list(rnorm(12), rnorm(9) + 0.7),
    list(rnorm(49), rnorm(49) + 0.3),
    list(rnorm(49), rnorm(49) + 3),
    list(rnorm(60), rnorm(20) - 0.5),
    list(1, 2), list(c(2, 5), 3.5),
    list(c(1, 2, 2, 3), c(2, 3, 4, 4, 4)),
    list(c(5, 5, 5), c(5, 5, 6)),
    list(veteran$age[veteran$trt == 1], veteran$age[veteran$trt == 2]),
    list(veteran$karno[veteran$trt == 1], veteran$karno[veteran$trt == 2]),
    list(veteran$time[veteran$celltype == "large"], veteran$time[veteran$celltype == "smallcell"]),
    list(pbc$bili[which(pbc$trt == 1)], pbc$bili[which(pbc$trt == 2)]))

ranksum <- lapply(pairs, function(p) {
    x <- p[[1]]; y <- p[[2]]
    test <- function(...) suppressWarnings(wilcox.test(x, y, ...))$p.value
    auto <- suppressWarnings(wilcox.test(x, y))
    list(name = "ranksum", first = x, second = y, statistic = unname(auto$statistic),
         auto = auto$p.value, corrected = test(exact = FALSE),
         uncorrected = test(exact = FALSE, correct = FALSE))
})

kruskal <- lapply(list(
    split(veteran$age, veteran$celltype), split(veteran$time, veteran$celltype),
    split(veteran$karno, veteran$trt), split(pbc$bili, pbc$stage),
    list(c(1, 2), c(2, 2), c(3, 3, 3)), list(1, 2, 3)),
    function(groups) {
        groups <- unname(lapply(groups, as.numeric))
        test <- kruskal.test(groups)
        list(name = "kruskal", groups = groups, statistic = unname(test$statistic),
             df = unname(test$parameter), p = test$p.value)
    })

# -- tables of counts ---------------------------------------------------------------------------

tables <- list(
    matrix(c(3, 1, 1, 3), 2), matrix(c(10, 2, 3, 15), 2), matrix(c(0, 5, 7, 3), 2),
    matrix(c(5, 0, 0, 6), 2), matrix(c(120, 95, 80, 140), 2), matrix(c(1200, 1100, 900, 1300), 2),
    matrix(c(1, 30, 2, 4000), 2), matrix(c(4, 4, 4, 4), 2), matrix(c(1, 0, 9, 3), 2),
    matrix(c(2, 3, 4, 5, 0, 7), 2), matrix(c(3, 1, 2, 6, 4, 1, 0, 5, 2), 3),
    matrix(c(1, 2, 1, 0, 3, 3, 6, 1, 10, 10, 14, 9, 6, 7, 12, 11), 4),
    matrix(c(12, 8, 5, 9, 15, 4, 3, 7, 11, 2), 5),
    unclass(table(veteran$celltype, veteran$trt)), unclass(table(pbc$stage, pbc$trt)),
    matrix(c(0, 0, 3, 2, 1, 0, 0, 4, 0, 2, 1, 1, 5, 0, 0), 3),
    matrix(c(30, 25, 20, 18, 28, 31), 3))

# The probability of a 2 x 2 table's first count at given odds, without cancellation.
density <- function(odds, t) {
    m <- sum(t[, 1]); n <- sum(t[, 2]); k <- sum(t[1, ])
    x <- max(0, k - n):min(k, m)
    d <- dhyper(x, m, n, k, log = TRUE) + log(odds) * x
    d <- exp(d - max(d))
    list(x = x, p = d / sum(d))
}
odds <- function(t, level = 0.95) {
    x <- t[1, 1]; s <- density(1, t)$x
    solve <- function(f) exp(uniroot(f, c(-50, 50), tol = 1e-15, maxiter = 10000)$root)
    upper <- function(o) { d <- density(o, t); sum(d$p[d$x >= x]) }
    lower <- function(o) { d <- density(o, t); sum(d$p[d$x <= x]) }
    a <- (1 - level) / 2
    list(estimate = if (x == min(s)) 0 else if (x == max(s)) Inf
                    else solve(function(l) { d <- density(exp(l), t); sum(d$p * d$x) - x }),
         lower = if (x == min(s)) 0 else solve(function(l) log(upper(exp(l))) - log(a)),
         upper = if (x == max(s)) Inf else solve(function(l) log(lower(exp(l))) - log(a)))
}

# All tables of given margins, column by column; the p-value by brute force.
enumerate <- function(t) {
    logp <- function(x) -sum(lfactorial(x))
    columns <- colSums(t)
    fill <- function(rest, total) {
        if (length(rest) == 1) return(if (total <= rest) list(total) else list())
        out <- list()
        for (v in 0:min(rest[1], total))
            out <- c(out, lapply(fill(rest[-1], total - v), function(r) c(v, r)))
        out
    }
    all <- numeric()
    go <- function(rest, j, sofar) {
        if (j == length(columns)) { all <<- c(all, sofar + logp(rest)); return(invisible()) }
        for (x in fill(rest, columns[j])) go(rest - x, j + 1, sofar + logp(x))
    }
    go(rowSums(t), 1, 0)
    p <- exp(all - max(all))
    sum(p[all <= logp(t) + 1e-7]) / sum(p)
}

contingency <- lapply(seq_along(tables), function(i) {
    t <- tables[[i]]
    dimnames(t) <- NULL
    chi <- suppressWarnings(chisq.test(t, correct = FALSE))
    is2 <- all(dim(t) == 2)
    yates <- if (is2) suppressWarnings(chisq.test(t)) else NULL
    fisher <- fisher.test(t, workspace = 2e7)
    o <- if (is2) odds(t) else NULL
    o9 <- if (is2) odds(t, 0.9) else NULL
    small <- sum(t) <= 30
    list(name = "contingency", counts = t, statistic = unname(chi$statistic),
         df = unname(chi$parameter), p = chi$p.value, expected = min(chi$expected),
         yates = if (is2) c(unname(yates$statistic), yates$p.value) else NULL,
         fisher = fisher$p.value,
         brute = if (small) enumerate(t) else NULL,
         odds = if (is2) c(o$estimate, o$lower, o$upper, o9$lower, o9$upper) else NULL)
})

# -- proportions --------------------------------------------------------------------------------

counts <- list(c(0, 10), c(10, 10), c(1, 1), c(0, 1), c(3, 17), c(81, 263), c(15, 148),
               c(1, 5000), c(4999, 5000), c(123456, 1000000))
proportions <- lapply(counts, function(v) {
    limits <- function(level) {
        p <- function(correct)
            suppressWarnings(prop.test(v[1], v[2], conf.level = level, correct = correct))$conf.int
        c(p(FALSE), p(TRUE), binom.test(v[1], v[2], conf.level = level)$conf.int)
    }
    list(name = "proportion", count = v, l95 = as.numeric(limits(0.95)),
         l99 = as.numeric(limits(0.99)))
})
# Newcombe's examples (1998, table II), with the limits of prop.test for each proportion.
newcombe <- lapply(list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29),
                        c(0, 10, 0, 20), c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10)),
    function(v) {
        limits <- function(correct) {
            a <- suppressWarnings(prop.test(v[1], v[2], correct = correct))$conf.int
            b <- suppressWarnings(prop.test(v[3], v[4], correct = correct))$conf.int
            p <- v[1] / v[2]; q <- v[3] / v[4]
            c(p - q - sqrt((p - a[1])^2 + (b[2] - q)^2), p - q + sqrt((a[2] - p)^2 + (q - b[1])^2))
        }
        list(name = "newcombe", counts = v, plain = limits(FALSE), corrected = limits(TRUE))
    })

# -- standardized differences ---------------------------------------------------------------------

smd <- function(x, y) (mean(x) - mean(y)) / sqrt((var(x) + var(y)) / 2)
wvar <- function(x, w) sum(w) / (sum(w)^2 - sum(w^2)) * sum(w * (x - weighted.mean(x, w))^2)
wsmd <- function(x, y, v, w)
    (weighted.mean(x, v) - weighted.mean(y, w)) / sqrt((wvar(x, v) + wvar(y, w)) / 2)
multi <- function(a, b, drop) {
    p <- (a / sum(a))[-drop]; q <- (b / sum(b))[-drop]
    S <- (diag(p, length(p)) - p %o% p + diag(q, length(q)) - q %o% q) / 2
    sqrt(drop(t(p - q) %*% solve(S) %*% (p - q)))
}
one <- veteran$trt == 1
w <- 0.5 + (seq_len(nrow(veteran)) %% 4) / 2
standardized <- list(
    list(name = "smd numeric", first = veteran$age[one], second = veteran$age[!one],
         firstWeights = w[one], secondWeights = w[!one],
         plain = smd(veteran$age[one], veteran$age[!one]),
         weighted = wsmd(veteran$age[one], veteran$age[!one], w[one], w[!one])),
    list(name = "smd numeric", first = veteran$karno[one], second = veteran$karno[!one],
         firstWeights = w[one], secondWeights = w[!one],
         plain = smd(veteran$karno[one], veteran$karno[!one]),
         weighted = wsmd(veteran$karno[one], veteran$karno[!one], w[one], w[!one])))
levels <- lapply(list(
    list(as.numeric(table(veteran$celltype[one])), as.numeric(table(veteran$celltype[!one]))),
    list(c(10, 20), c(15, 9)), list(c(1, 0, 7, 2, 5), c(3, 4, 0, 2, 6)),
    list(c(1.5, 2.25, 0.75), c(3, 0.5, 4))),
    function(v) list(name = "smd levels", first = v[[1]], second = v[[2]],
                     result = multi(v[[1]], v[[2]], 1)))

# -- distributions --------------------------------------------------------------------------------

shapes <- list(c(0.5, 0.5), c(1, 3), c(2.5, 7), c(9, 9), c(10, 10), c(3, 400), c(400, 3), c(40, 1000),
               c(1, 5000), c(5000, 1), c(1e5, 1e5), c(123456, 876545), c(12, 0.7), c(1, 1))
beta <- lapply(shapes, function(s) {
    q <- c(1e-6, 0.005, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999)
    x <- qbeta(q, s[1], s[2])
    list(name = "beta", shape = s, x = x, lower = pbeta(x, s[1], s[2]),
         upper = pbeta(x, s[1], s[2], lower.tail = FALSE), q = q)
})
hyper <- lapply(list(c(8, 12, 6), c(50, 3, 20), c(1000, 2000, 900), c(3, 4, 0), c(5, 5, 10)),
    function(v) {
        x <- max(0, v[3] - v[2]):min(v[1], v[3])
        list(name = "hyper", urn = v, p = dhyper(x, v[1], v[2], v[3]))
    })

write_cases("description.json", c(
    quantiles, ranksum, kruskal, contingency, proportions, newcombe, standardized, levels, beta,
    hyper))
