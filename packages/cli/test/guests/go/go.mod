module built-guest

go 1.24
