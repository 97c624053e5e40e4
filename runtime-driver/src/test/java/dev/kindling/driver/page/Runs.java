package dev.kindling.driver.page;

import java.util.Map;
import java.util.Optional;

/** Runs for the tests of other packages. */
public final class Runs {
    private Runs() {}

    /** As {@link RunScript#twoJobs}. */
    public static Run twoJobs() {
        return RunScript.twoJobs().run();
    }

    /** One job with these properties, of one stage, which fails for this reason. */
    public static Run failed(Map<String, String> properties, String message) {
        return RunScript.application("fails")
                .job(10, 0, properties, 0)
                .planned(10, 0, 0, "collect", 2)
                .submitted(20, 0, "collect", 2)
                .completed(30, 0, "collect", 2, Optional.of(message))
                .jobFails(30, 0, message)
                .ends(40)
                .run();
    }
}
