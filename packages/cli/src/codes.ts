/** Error codes of the command itself: what each means and what cures it. Codes never change their meaning. */
export const codes = {
  ATT_USAGE_OPTION: { cause: "An option or argument cannot be understood.", cure: "See attache VERB --help." },
  ATT_USAGE_CODE: {
    cause: "A code given to explain is not known.",
    cure: "Copy the code from the message, with its ATT_ prefix.",
  },
  ATT_CLI_FAILED: {
    cause: "Something failed that has no code of its own.",
    cure: "Read the message; run again with --log-level debug.",
  },
  ATT_CLI_FINDINGS: {
    cause: "The resources have errors and nothing may be made of them.",
    cure: "Correct what is listed.",
  },
  ATT_RESOURCE_CONDITION: {
    cause: "Translation says no to an object: a condition of its status is false.",
    cure: "Read the condition's message; it names what is missing or wrong.",
  },
  ATT_RESOURCE_FOREIGN_CLASS: {
    cause: "A GatewayClass names another controller.",
    cure: "Write our controllerName, or leave it to the other one.",
  },
  ATT_RESOURCE_CLASS_NOT_SERVED: {
    cause: "A Gateway names a GatewayClass that is not there or not ours.",
    cure: "Add the class, or name one that is there.",
  },
  ATT_CLI_NOT_RUNNING: {
    cause: "No instance is running, or not the one that was named.",
    cure: "Start one with attache run -f FILE.",
  },
  ATT_CLI_TRANSLATE_TIMEOUT: {
    cause: "Modules did not arrive in time.",
    cure: "Raise --timeout, or check the modules' URLs.",
  },
} as const
