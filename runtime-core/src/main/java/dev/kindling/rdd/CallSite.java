package dev.kindling.rdd;

import dev.kindling.plan.Origin;

/** Where in the user's program a method of the API was called: the first frame that is not ours. */
final class CallSite {
    private static final StackWalker WALKER = StackWalker.getInstance();

    private CallSite() {}

    static Origin of(String operation) {
        return WALKER.walk(frames -> frames.filter(frame -> !isOurs(frame.getClassName()))
                .findFirst()
                .map(frame -> new Origin(operation, placeOf(frame)))
                .orElseGet(() -> new Origin(operation, "")));
    }

    private static String placeOf(StackWalker.StackFrame frame) {
        if (frame.getFileName() != null && frame.getLineNumber() >= 0) {
            return frame.getFileName() + ":" + frame.getLineNumber();
        }
        String type = frame.getClassName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
    }

    private static boolean isOurs(String className) {
        return className.startsWith("dev.kindling.rdd.") || className.startsWith("dev.kindling.api.");
    }
}
