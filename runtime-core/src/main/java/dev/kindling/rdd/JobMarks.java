package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.spi.JobControl;
import dev.kindling.event.JobProperties;
import dev.kindling.plan.JobSelection;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;

/**
 * The groups, tags, pools and other properties of the threads of one application, and the cancellation of jobs by them.
 * What the properties of a thread are {@link LocalProperties} knows.
 *
 * <p>Each tag is a property of its own there, so that the end of a scope takes its tag away and no other.
 */
final class JobMarks implements JobControl {
    /** They travel with launches. */
    private static final int MAX_PROPERTY_CHARS = 64 << 10;

    private static final String ONE_TAG = JobProperties.TAGS + "/";

    private final LocalProperties properties = new LocalProperties();
    private final BiConsumer<JobSelection, String> canceller;
    private final BooleanSupplier isClosed;

    /** @param canceller cancels the jobs that are meant; told who asked */
    JobMarks(BiConsumer<JobSelection, String> canceller, BooleanSupplier isClosed) {
        this.canceller = canceller;
        this.isClosed = isClosed;
    }

    /** Those of the calling thread, for a job that it starts now. */
    SortedMap<String, String> ofThisThread() {
        SortedMap<String, String> set = properties.all();
        if (set.isEmpty()) {
            return set;
        }
        SortedMap<String, String> all = new TreeMap<>();
        Set<String> tags = new TreeSet<>();
        long chars = 0;
        for (Map.Entry<String, String> property : set.entrySet()) {
            chars += property.getKey().length() + property.getValue().length();
            if (property.getKey().startsWith(ONE_TAG)) {
                tags.add(property.getValue());
            } else {
                all.put(property.getKey(), property.getValue());
            }
        }
        if (!tags.isEmpty()) {
            all.put(JobProperties.TAGS, String.join(JobProperties.TAG_SEPARATOR, tags));
        }
        if (chars > MAX_PROPERTY_CHARS) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "the local properties of thread " + Thread.currentThread().getName() + " have " + chars
                            + " characters, " + MAX_PROPERTY_CHARS + " is the most: they travel with every task; put"
                            + " large values into a captured variable or a file");
        }
        return Collections.unmodifiableSortedMap(all);
    }

    // ---- properties -------------------------------------------------------------------------------------------------

    @Override
    public void setProperty(String key, String value) {
        String name = JobProperties.ownName(required(key, "key of a local property"));
        if (name.equals(JobProperties.TAGS)) {
            clearTags();
            JobProperties.tagsOf(value == null ? Map.of() : Map.of(name, value)).forEach(this::addTag);
        } else {
            properties.set(Collections.singletonMap(name, value));
        }
    }

    @Override
    public String property(String key) {
        String name = JobProperties.ownName(required(key, "key of a local property"));
        return name.equals(JobProperties.TAGS) ? ofThisThread().get(name) : properties.get(name);
    }

    @Override
    public void setGroup(String group, String description, boolean interrupts) {
        properties.set(groupOf(group, description, interrupts));
    }

    @Override
    public void clearGroup() {
        properties.set(nothingOfAGroup());
    }

    @Override
    public void setDescription(String description) {
        properties.set(Collections.singletonMap(JobProperties.DESCRIPTION, description));
    }

    @Override
    public void addTag(String tag) {
        properties.set(Map.of(ONE_TAG + checkedTag(tag), tag));
    }

    @Override
    public void removeTag(String tag) {
        properties.set(Collections.singletonMap(ONE_TAG + checkedTag(tag), null));
    }

    @Override
    public Set<String> tags() {
        Set<String> tags = new TreeSet<>(JobProperties.tagsOf(ofThisThread()));
        return Collections.unmodifiableSet(tags);
    }

    @Override
    public void clearTags() {
        tags().forEach(this::removeTag);
    }

    // ---- scopes -----------------------------------------------------------------------------------------------------

    @Override
    public KindlingContext.Scope withGroup(String group, String description) {
        return properties.open(groupOf(group, description, true));
    }

    @Override
    public KindlingContext.Scope withPool(String pool) {
        return properties.open(Map.of(JobProperties.POOL, required(pool, "name of a pool")));
    }

    @Override
    public KindlingContext.Scope withTag(String tag) {
        return properties.open(Map.of(ONE_TAG + checkedTag(tag), tag));
    }

    // ---- cancellation -----------------------------------------------------------------------------------------------

    @Override
    public void cancelGroup(String group) {
        cancel(new JobSelection.ByGroup(required(group, "job group")), "cancelJobGroup");
    }

    @Override
    public void cancelTag(String tag) {
        cancel(new JobSelection.ByTag(checkedTag(tag)), "cancelJobsWithTag");
    }

    @Override
    public void cancelJob(int jobId) {
        cancel(new JobSelection.ById(jobId), "cancelJob");
    }

    @Override
    public void cancelAll() {
        cancel(new JobSelection.All(), "cancelAllJobs");
    }

    private void cancel(JobSelection which, String method) {
        if (!isClosed.getAsBoolean()) {
            canceller.accept(which, CallSite.of(method).toString());
        }
    }

    // ---- words ------------------------------------------------------------------------------------------------------

    private static Map<String, String> groupOf(String group, String description, boolean interrupts) {
        Map<String, String> all = nothingOfAGroup();
        all.put(JobProperties.GROUP, required(group, "job group"));
        all.put(JobProperties.DESCRIPTION, description);
        all.put(JobProperties.INTERRUPT, interrupts ? null : "false");
        return all;
    }

    private static Map<String, String> nothingOfAGroup() {
        Map<String, String> nothing = new TreeMap<>();
        for (String key : Arrays.asList(JobProperties.GROUP, JobProperties.DESCRIPTION, JobProperties.INTERRUPT)) {
            nothing.put(key, null);
        }
        return nothing;
    }

    private static String checkedTag(String tag) {
        if (required(tag, "job tag").contains(JobProperties.TAG_SEPARATOR)) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, "the job tag '" + tag + "' contains a comma, which separates tags");
        }
        return tag;
    }

    private static String required(String text, String what) {
        if (text == null || text.isBlank()) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "the " + what + " is empty; give it a name");
        }
        return text;
    }
}
