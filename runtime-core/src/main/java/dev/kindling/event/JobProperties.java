package dev.kindling.event;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Local properties of a job that mean something to the engine; a program sets them through its context. */
public final class JobProperties {
    /** The group that can be cancelled together. */
    public static final String GROUP = "kindling.jobGroup.id";

    /** What people call the job. */
    public static final String DESCRIPTION = "kindling.job.description";

    /** The job's tags, separated by {@value #TAG_SEPARATOR}, which no tag contains. */
    public static final String TAGS = "kindling.job.tags";

    public static final String TAG_SEPARATOR = ",";

    private JobProperties() {}

    /** The tags of a job with these properties. */
    public static List<String> tagsOf(Map<String, String> properties) {
        String tags = properties.getOrDefault(TAGS, "");
        return tags.isEmpty() ? List.of() : Arrays.asList(tags.split(TAG_SEPARATOR));
    }
}
