package dev.kindling.driver.page;

/** Runs for the tests of other packages. */
public final class Runs {
    private Runs() {}

    /** As {@link RunScript#twoJobs}. */
    public static Run twoJobs() {
        return RunScript.twoJobs().run();
    }
}
