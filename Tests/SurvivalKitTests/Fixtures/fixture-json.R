# What the scripts of single features share: reading the data, writing cases as JSON.

suppressMessages(library(survival))
options(warn = 1, stringsAsFactors = FALSE)

read <- function(name) read.csv(file.path("data", paste0(name, ".csv")), check.names = FALSE)

json <- function(x) {
    if (is.null(x)) return("null")
    if (is.matrix(x))
        return(paste0("[", paste(apply(x, 1, json), collapse = ","), "]"))
    if (is.list(x)) {
        body <- vapply(x, json, "")
        if (is.null(names(x))) return(paste0("[", paste(body, collapse = ","), "]"))
        return(paste0("{", paste0('"', names(x), '":', body, collapse = ","), "}"))
    }
    if (is.character(x)) return(paste0('"', x, '"'))
    v <- ifelse(is.finite(x), sprintf("%.17g", x), "null")
    paste0("[", paste(v, collapse = ","), "]")
}

write_cases <- function(file, cases)
    writeLines(c('{"cases":[',
                 paste0(vapply(cases, json, ""), c(rep(",", length(cases) - 1), "")), "]}"), file)

tight <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
