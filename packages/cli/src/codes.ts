/** Error codes of the command itself: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_USAGE_OPTION: { cause: "an option or argument cannot be understood", cure: "see attache VERB --help" },
  ATT_USAGE_CODE: {
    cause: "a code given to explain is not known",
    cure: "copy the code from the message, with its ATT_ prefix",
  },
  ATT_CLI_FAILED: {
    cause: "something failed that has no code of its own",
    cure: "read the message; run again with --log-level debug",
  },
  ATT_RESOURCE_CONDITION: {
    cause: "translation says no to an object: a condition of its status is false",
    cure: "read the condition's message; it names what is missing or wrong",
  },
  ATT_RESOURCE_FOREIGN_CLASS: {
    cause: "a GatewayClass names another controller",
    cure: "write our controllerName, or leave it to the other one",
  },
  ATT_RESOURCE_CLASS_NOT_SERVED: {
    cause: "a Gateway names a GatewayClass that is not there or not ours",
    cure: "add the class, or name one that is there",
  },
  ATT_RESOURCE_PORT_TAKEN: {
    cause:
      "listeners of two proxies want the same port of this machine, where their Envoys would share its connections at random",
    cure: "give one of them another port, or merge the Gateways into one proxy: mergeGateways of an EnvoyProxy",
  },
  ATT_RESOURCE_REFUSED: {
    cause: "a real Envoy refuses what an object is translated to; the message is Envoy's own",
    cure: "correct the field that the message is about",
  },
  ATT_RESOURCE_NOT_WARM: {
    cause:
      "Envoy accepts a listener or cluster and does not use it yet, since it waits for a name, a health check, a secret or code",
    cure: "check that what it waits for can be reached; nothing to do where only the cluster's network has it",
  },
  ATT_RESOURCE_NOT_JUDGED: {
    cause:
      "Envoy could not judge a resource here: it reads a file that only a proxy's machine has, or gave no answer in time",
    cure: "judge it where the file is, or leave it to the proxy",
  },
  ATT_RESOURCE_BOOTSTRAP: {
    cause: "an EnvoyProxy changes the bootstrap in a way that does not fit the one of a proxy on this machine",
    cure: "write the change as Merge or JSONPatch, and leave the way to the control plane as it is; Replace and what is only in a cluster cannot hold here",
  },
  ATT_CLI_NOT_RUNNING: {
    cause: "no instance is running, or not the one that was named",
    cure: "start one with attache run -f FILE",
  },
  ATT_CLI_WAIT_TIMEOUT: {
    cause: "a proxy has not reached the stage that was waited for; each message names what it lacks",
    cure: "correct what is named, or raise --timeout",
  },
  ATT_CLI_WAIT_UNKNOWN: {
    cause: "whether an Envoy that runs elsewhere is warm and its extensions work cannot be known from here",
    cure: "wait --until accepted, or run the Envoys with attache run",
  },
  ATT_CLI_TRANSLATE_TIMEOUT: {
    cause: "modules did not arrive in time",
    cure: "raise --timeout, or check the modules' URLs",
  },
  ATT_BUILD_NOTHING: {
    cause: "a folder or file holds no guest that attache build knows",
    cure: "name a folder with asconfig.json, Cargo.toml, go.mod, one .c or one .wat file, or one of the files",
  },
  ATT_BUILD_SEVERAL: {
    cause: "a folder holds guests in several languages, or several source files",
    cure: "choose the language with --language, or name the file",
  },
  ATT_BUILD_TOOLCHAIN: {
    cause: "the compiler for a guest's language, or a part of it, is not installed or too old",
    cure: "install what the message names; docs/guides/wasm-guests.md has the commands",
  },
  ATT_BUILD_FAILED: {
    cause: "the compiler refused the sources of a guest",
    cure: "correct what its message names",
  },
  ATT_BUILD_DOUBTFUL: {
    cause: "a guest was compiled, but its sources hold something that is most likely a mistake",
    cure: "correct what the message names, such as a misspelt callback",
  },
  ATT_BUILD_TIMEOUT: {
    cause: "a compiler did not end in time",
    cure: "give it more time with --timeout",
  },
  ATT_BUILD_UNLOADABLE: {
    cause: "a guest was compiled, but Envoy 1.40 would refuse to load the module",
    cure: "export an ABI version and an allocator, and import only what Envoy offers; attache wasm inspect FILE lists both",
  },
  ATT_CLI_INTERRUPTED: {
    cause: "Ctrl-C or a signal ended the command before it was done",
    cure: "run it again; transfers go on with what has arrived",
  },
  ATT_PACKAGE_NOTHING: {
    cause: "a file or folder holds no extension that could be pushed, or cannot be read",
    cure: "name a module, or a folder with plugin.wasm, libNAME.so, plugin.so or Lua files; attache build makes a module",
  },
  ATT_PACKAGE_SEVERAL: {
    cause: "a folder holds several modules, and none is called plugin.wasm",
    cure: "name the module's file, or call it plugin.wasm",
  },
  ATT_LOCK_FILE: {
    cause: "a lock file cannot be read or written, or has another form than attache.lock",
    cure: "restore it from version control, or remove it and lock anew",
  },
  ATT_LOCK_MOVED: {
    cause: "a tag means something else than when it was locked: an update, or a change that nobody announced",
    cure: "look at it with attache inspect and take it with --update, or name the locked digest instead of the tag",
  },
  ATT_LOCK_MODULE: {
    cause: "a lock file has the digest of an artifact and another module than the one in it",
    cure: "find out who changed the lock file; restore it from version control",
  },
  ATT_ADDRESS_POLICY: {
    cause: "an address policy has a field that is wrong; nothing is allowed by a part of one",
    cure: "correct the field that is named",
  },
  ATT_SIGNATURE_POLICY: {
    cause: "a signature policy cannot be read, or a field in it is wrong; nothing is accepted by a part of one",
    cure: "correct the field that is named",
  },
} as const
