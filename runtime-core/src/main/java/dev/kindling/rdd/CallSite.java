package dev.kindling.rdd;

import dev.kindling.plan.Origin;
import java.util.Optional;
import java.util.stream.Stream;

/** Where in the user's program a method of the API was called: the first frame that is not ours. */
final class CallSite {
    private static final StackWalker WALKER = StackWalker.getInstance();

    private CallSite() {}

    static Origin of(String operation) {
        Optional<StackWalker.StackFrame> users = WALKER.walk(CallSite::firstOfUser);
        return new Origin(operation, users.isPresent() ? placeOf(users.get()) : "");
    }

    private static Optional<StackWalker.StackFrame> firstOfUser(Stream<StackWalker.StackFrame> frames) {
        return frames.filter(CallSite::isOfUser).findFirst();
    }

    private static String placeOf(StackWalker.StackFrame frame) {
        if (frame.getFileName() != null && frame.getLineNumber() >= 0) {
            return frame.getFileName() + ":" + frame.getLineNumber();
        }
        String type = frame.getClassName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName();
    }

    private static boolean isOfUser(StackWalker.StackFrame frame) {
        String className = frame.getClassName();
        return !className.startsWith("dev.kindling.rdd.") && !className.startsWith("dev.kindling.api.");
    }
}
