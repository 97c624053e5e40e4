package dev.kindling.config;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The {@code spark.*} keys that mean the same as one of ours, so that scripts and habits keep working. */
final class SparkAliases {
    /**
     * @param key our name
     * @param bareUnit what Spark takes a bare number for where we would not: {@code m} for megabytes
     */
    private record Alias(String key, String bareUnit) {}

    private static final SortedMap<String, Alias> ALIASES = new TreeMap<>(Map.ofEntries(
            Map.entry("spark.app.name", new Alias(ApplicationKeys.NAME.name(), "")),
            Map.entry("spark.master", new Alias(ApplicationKeys.MASTER.name(), "")),
            Map.entry("spark.default.parallelism", new Alias(ApplicationKeys.DEFAULT_PARALLELISM.name(), "")),
            Map.entry("spark.jars", new Alias(ApplicationKeys.JARS.name(), "")),
            Map.entry("spark.kryo.classesToRegister", new Alias(ApplicationKeys.KRYO_CLASSES.name(), "")),
            Map.entry("spark.files", new Alias(ApplicationKeys.FILES.name(), "")),
            Map.entry("spark.executor.instances", new Alias(ExecutorKeys.COUNT.name(), "")),
            Map.entry("spark.dynamicAllocation.enabled", new Alias(AllocationKeys.ENABLED.name(), "")),
            Map.entry("spark.dynamicAllocation.minExecutors", new Alias(AllocationKeys.MIN_EXECUTORS.name(), "")),
            Map.entry(
                    "spark.dynamicAllocation.initialExecutors", new Alias(AllocationKeys.INITIAL_EXECUTORS.name(), "")),
            Map.entry("spark.dynamicAllocation.maxExecutors", new Alias(AllocationKeys.MAX_EXECUTORS.name(), "")),
            Map.entry(
                    "spark.dynamicAllocation.executorIdleTimeout",
                    new Alias(AllocationKeys.IDLE_TIMEOUT_MS.name(), "s")),
            Map.entry(
                    "spark.dynamicAllocation.cachedExecutorIdleTimeout",
                    new Alias(AllocationKeys.CACHED_IDLE_TIMEOUT_MS.name(), "s")),
            Map.entry(
                    "spark.dynamicAllocation.schedulerBacklogTimeout",
                    new Alias(AllocationKeys.BACKLOG_TIMEOUT_MS.name(), "s")),
            Map.entry(
                    "spark.dynamicAllocation.sustainedSchedulerBacklogTimeout",
                    new Alias(AllocationKeys.SUSTAINED_BACKLOG_TIMEOUT_MS.name(), "s")),
            Map.entry("spark.executor.cores", new Alias(ExecutorKeys.CORES.name(), "")),
            Map.entry("spark.executor.memory", new Alias(ExecutorKeys.MEMORY.name(), "m")),
            Map.entry("spark.executor.heartbeatInterval", new Alias(ExecutorKeys.HEARTBEAT_INTERVAL_MS.name(), "")),
            Map.entry("spark.task.maxFailures", new Alias(TaskKeys.MAX_FAILURES.name(), "")),
            Map.entry("spark.scheduler.mode", new Alias(SchedulerKeys.MODE.name(), "")),
            Map.entry("spark.speculation", new Alias(SchedulerKeys.SPECULATION.name(), "")),
            Map.entry("spark.speculation.quantile", new Alias(SchedulerKeys.SPECULATION_QUANTILE.name(), "")),
            Map.entry("spark.speculation.multiplier", new Alias(SchedulerKeys.SPECULATION_MULTIPLIER.name(), "")),
            Map.entry("spark.speculation.minTaskRuntime", new Alias(SchedulerKeys.SPECULATION_MIN_TASK_MS.name(), "")),
            Map.entry("spark.locality.wait", new Alias(TaskKeys.LOCALITY_WAIT_MS.name(), "")),
            Map.entry("spark.driver.maxResultSize", new Alias(ResultKeys.MAX_BYTES.name(), "")),
            Map.entry("spark.reducer.maxSizeInFlight", new Alias(ShuffleKeys.FETCH_BYTES_IN_FLIGHT.name(), "m")),
            Map.entry("spark.local.dir", new Alias(StorageKeys.SCRATCH_DIRS.name(), "")),
            Map.entry("spark.io.encryption.enabled", new Alias(StorageKeys.SCRATCH_ENCRYPT.name(), "")),
            Map.entry("spark.eventLog.dir", new Alias(StorageKeys.EVENT_LOG_DIR.name(), "")),
            Map.entry("spark.driver.bindAddress", new Alias(RpcKeys.DRIVER_BIND_ADDRESS.name(), "")),
            Map.entry("spark.driver.port", new Alias(RpcKeys.DRIVER_PORTS.name(), "")),
            Map.entry("spark.driver.host", new Alias(RpcKeys.DRIVER_ADVERTISED_ADDRESS.name(), "")),
            Map.entry(
                    "spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive",
                    new Alias(InputKeys.RECURSIVE.name(), "")),
            Map.entry("spark.ui.enabled", new Alias(UiKeys.ENABLED.name(), "")),
            Map.entry("spark.ui.port", new Alias(UiKeys.PORT.name(), "")),
            Map.entry("spark.ui.showConsoleProgress", new Alias(UiKeys.PROGRESS.name(), ""))));

    /** What Spark hands to Hadoop's client, we hand to it. */
    private static final String HADOOP = "spark.hadoop.";

    private SparkAliases() {}

    /** All entries under our names; a key set under both names keeps the value of ours. */
    static SortedMap<String, String> translate(Map<String, String> raw, List<String> warnings) {
        SortedMap<String, String> entries = new TreeMap<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(raw).entrySet()) {
            String name = entry.getKey();
            Alias alias = ALIASES.get(name);
            if (!name.startsWith("spark.")) {
                entries.put(name, entry.getValue());
            } else if (alias == null && name.startsWith(HADOOP)) {
                entries.putIfAbsent("kindling.hadoop." + name.substring(HADOOP.length()), entry.getValue());
            } else if (alias == null) {
                warnings.add(name + " is ignored: it has no counterpart here");
            } else if (raw.containsKey(alias.key())) {
                warnings.add(name + " is ignored: " + alias.key() + " is set too and wins");
            } else {
                entries.put(alias.key(), withUnit(entry.getValue().strip(), alias.bareUnit()));
            }
        }
        return entries;
    }

    /** Spark's name of a key; empty when it has none. */
    static String of(ConfigKey<?> key) {
        for (Map.Entry<String, Alias> entry : ALIASES.entrySet()) {
            if (entry.getValue().key().equals(key.name())) {
                return entry.getKey();
            }
        }
        return "";
    }

    private static String withUnit(String value, String bareUnit) {
        boolean isBare = !value.isEmpty() && value.chars().allMatch(Character::isDigit);
        return isBare ? value + bareUnit : value;
    }
}
