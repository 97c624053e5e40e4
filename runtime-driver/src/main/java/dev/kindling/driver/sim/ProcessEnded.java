package dev.kindling.driver.sim;

/**
 * The process that does something in several steps ends between two of them: no error, so that nothing it would do about
 * one is done. Or the run ends there, for what was found in the meantime.
 */
final class ProcessEnded extends Error {
    private static final long serialVersionUID = 1;

    ProcessEnded() {
        super("the process has ended", null, false, false);
    }

    ProcessEnded(RuntimeException found) {
        super(found.getMessage(), found, false, false);
    }

    /** Throws what was found, if it was that. */
    void rethrow() {
        if (getCause() instanceof RuntimeException found) {
            throw found;
        }
    }
}
