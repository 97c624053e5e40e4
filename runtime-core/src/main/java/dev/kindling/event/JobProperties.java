package dev.kindling.event;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Local properties of a job that mean something to the engine; a program sets them through its context. */
public final class JobProperties {
    /** The group that can be cancelled together. */
    public static final String GROUP = "kindling.jobGroup.id";

    /** What people call the job. */
    public static final String DESCRIPTION = "kindling.job.description";

    /** {@code false} when cancelled tasks of it shall not be interrupted, only asked at the next batch of rows. */
    public static final String INTERRUPT = "kindling.job.interruptOnCancel";

    /** The job's tags, separated by {@value #TAG_SEPARATOR}, which no tag contains. */
    public static final String TAGS = "kindling.job.tags";

    /** The pool whose share of the executors its tasks take. */
    public static final String POOL = "kindling.scheduler.pool";

    /** Of jobs that name none. */
    public static final String DEFAULT_POOL = "default";

    public static final String TAG_SEPARATOR = ",";

    /** What Spark calls them: programs that set these by name mean ours. */
    private static final Map<String, String> SPARK_NAMES = Map.of(
            "spark.jobGroup.id", GROUP,
            "spark.job.description", DESCRIPTION,
            "spark.job.interruptOnCancel", INTERRUPT,
            "spark.job.tags", TAGS,
            "spark.scheduler.pool", POOL);

    private JobProperties() {}

    /** Our name of a property that Spark calls {@code name}; else {@code name} itself. */
    public static String ownName(String name) {
        return SPARK_NAMES.getOrDefault(name, name);
    }

    public static Optional<String> groupOf(Map<String, String> properties) {
        return Optional.ofNullable(properties.get(GROUP));
    }

    /** The tags of a job with these properties. */
    public static List<String> tagsOf(Map<String, String> properties) {
        String tags = properties.getOrDefault(TAGS, "");
        return tags.isEmpty() ? List.of() : Arrays.asList(tags.split(TAG_SEPARATOR));
    }

    public static boolean interrupts(Map<String, String> properties) {
        return !"false".equalsIgnoreCase(properties.get(INTERRUPT));
    }
}
