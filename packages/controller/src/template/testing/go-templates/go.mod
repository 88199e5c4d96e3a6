module kubezone.io/go-templates

go 1.26
