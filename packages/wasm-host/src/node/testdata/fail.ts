// A script that fails.
throw new Error("no module given")
