package dev.kindling.arch;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The rules between packages, for every class below one root package: the product's own, or that of planted
 * violations which show that each rule can fail. A package name in here is relative to the root.
 */
final class Layers {
    /** A package may use packages of a lower level, and the neighbours listed below. */
    static final Map<String, Integer> LEVELS = Map.ofEntries(
            Map.entry("api", 0),
            Map.entry("config", 0),
            Map.entry("util", 0),
            Map.entry("classpath", 1),
            Map.entry("data", 1),
            Map.entry("serde", 1),
            Map.entry("block", 1),
            Map.entry("loop", 1),
            Map.entry("metrics", 1),
            Map.entry("plan", 2),
            Map.entry("storage", 2),
            Map.entry("protocol", 3),
            Map.entry("event", 3),
            Map.entry("rdd", 4),
            Map.entry("rpc", 4),
            Map.entry("sim", 4),
            Map.entry("executor.core", 5),
            Map.entry("executor.attempt", 6),
            Map.entry("executor.memory", 6),
            Map.entry("executor.cache", 6),
            Map.entry("executor.block", 6),
            Map.entry("executor.shuffle", 7),
            Map.entry("executor.operator", 8),
            Map.entry("executor.task", 9),
            Map.entry("executor", 10),
            Map.entry("driver.lineage", 5),
            Map.entry("driver.core", 5),
            Map.entry("driver.plan", 6),
            Map.entry("driver.journal", 6),
            Map.entry("driver.page", 6),
            Map.entry("driver.ui", 7),
            Map.entry("driver.launch", 11),
            Map.entry("driver", 12),
            Map.entry("driver.cli", 13),
            Map.entry("driver.sim", 13),
            Map.entry("testkit", 13),
            Map.entry("yarn.core", 6),
            Map.entry("yarn", 14),
            Map.entry("yarn.emr", 14));

    /** Allowed steps on one level. They make no circle, see {@link #circleAmong}. */
    static final Map<String, Set<String>> NEIGHBOURS = Map.of(
            "config", Set.of("api", "util"),
            "util", Set.of("api"),
            "serde", Set.of("data"),
            "event", Set.of("protocol"),
            "storage", Set.of("plan"),
            "executor.attempt", Set.of("executor.block", "executor.cache", "executor.memory"),
            "executor.block", Set.of("executor.cache", "executor.memory"),
            "executor.cache", Set.of("executor.memory"),
            "driver.cli", Set.of("driver.sim"));

    /** Packages of other people's libraries, and the only packages of ours that may name them. */
    private static final Map<String, Set<String>> DOORS = Map.of(
            "io.netty", Set.of("rpc", "executor.block"),
            "com.esotericsoftware", Set.of("serde"),
            "picocli", Set.of("driver.cli", "yarn", "yarn.emr"),
            "ch.qos.logback", Set.of("driver.cli"),
            "org.junit", Set.of("testkit"),
            "software.amazon", Set.of("storage.s3"),
            "org.apache.hadoop", Set.of("storage.hdfs", "yarn"),
            "com.github.luben", Set.of("storage"),
            "com.sun.net.httpserver", Set.of("driver.ui"));

    /** Calls whose answer a core must be given, or whose order of iteration changes from one JVM to the next. */
    private static final Map<String, Set<String>> BANNED_CALLS = Map.of(
            "java.lang.System",
            Set.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "identityHashCode", "exit"),
            "java.lang.Math",
            Set.of("random"),
            "java.time.Instant",
            Set.of("now"),
            "java.util.Map",
            Set.of("of", "ofEntries", "copyOf"),
            "java.util.Set",
            Set.of("of", "copyOf"),
            "java.util.Collections",
            Set.of("shuffle"),
            "java.util.stream.Collectors",
            Set.of("toSet", "toMap", "groupingBy", "partitioningBy", "toUnmodifiableSet", "toUnmodifiableMap"));

    private final String root;

    Layers(String root) {
        this.root = root;
    }

    ArchRule levels() {
        return classes().should(new ArchCondition<>("use only packages of lower levels and listed neighbours") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (isOurs(target) && !mayUse(packageOf(item), packageOf(target))) {
                        events.add(violated(item, dependency.getDescription()));
                    }
                }
            }
        });
    }

    ArchRule everyPackageHasALevel() {
        return classes().should(new ArchCondition<>("be in a package with a level") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                if (!LEVELS.containsKey(packageOf(item))) {
                    events.add(violated(item, item.getName() + " is in a package whose level is not in Layers"));
                }
            }
        });
    }

    ArchRule libraries() {
        return classes().should(new ArchCondition<>("reach each library through its one door") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                    String target =
                            dependency.getTargetClass().getBaseComponentType().getPackageName();
                    DOORS.forEach((library, doors) -> {
                        if (isIn(target, library)
                                && doors.stream().noneMatch(door -> isIn(item.getPackageName(), root + "." + door))) {
                            events.add(violated(item, dependency.getDescription()));
                        }
                    });
                }
            }
        });
    }

    ArchRule coresArePure() {
        DescribedPredicate<JavaClass> impure =
                new DescribedPredicate<>("clocks, threads, random sources, input, output, hash collections") {
                    @Override
                    public boolean test(JavaClass target) {
                        return isImpure(target.getBaseComponentType());
                    }
                };
        return noClasses()
                .that()
                .resideInAPackage(root + "..core..")
                .should()
                .dependOnClassesThat(impure)
                .orShould(new ArchCondition<>("call what answers differently each time") {
                    @Override
                    public void check(JavaClass item, ConditionEvents events) {
                        for (JavaAccess<?> access : item.getAccessesFromSelf()) {
                            Set<String> banned = BANNED_CALLS.getOrDefault(
                                    access.getTargetOwner().getName(), Set.of());
                            if (banned.contains(access.getName())) {
                                events.add(com.tngtech.archunit.lang.SimpleConditionEvent.satisfied(
                                        item, access.getDescription()));
                            }
                        }
                    }
                });
    }

    /** The edge from driver to executor is what lets one dependency embed everything; it is kept to three packages. */
    ArchRule driverMeetsExecutorInThreePackages() {
        return classes().should(new ArchCondition<>("leave the executor to driver.launch, driver.sim and testkit") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                String from = packageOf(item);
                boolean isAllowed =
                        List.of("driver.launch", "driver.sim", "testkit").contains(from);
                for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (!isOurs(target)) {
                        continue;
                    }
                    String to = packageOf(target);
                    boolean isForward = isIn(from, "driver") && isIn(to, "executor") && !isAllowed;
                    boolean isBackward = isIn(from, "executor") && (isIn(to, "driver") || isIn(to, "testkit"));
                    if (isForward || isBackward) {
                        events.add(violated(item, dependency.getDescription()));
                    }
                }
            }
        });
    }

    /**
     * A listed neighbour along which packages could use each other in a circle; empty when there is none. A step to a
     * lower level never leads back, so only the neighbours can make a circle, and they must stay on one level.
     */
    static Optional<String> circleAmong(Map<String, Integer> levels, Map<String, Set<String>> neighbours) {
        for (String from : new TreeSet<>(neighbours.keySet())) {
            for (String to : new TreeSet<>(neighbours.get(from))) {
                if (!levels.get(from).equals(levels.get(to)) || reaches(to, from, neighbours)) {
                    return Optional.of(from + " -> " + to);
                }
            }
        }
        return Optional.empty();
    }

    private static boolean reaches(String from, String to, Map<String, Set<String>> neighbours) {
        Set<String> seen = new TreeSet<>(Set.of(from));
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (String next : neighbours.getOrDefault(open.remove(), Set.of())) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return seen.contains(to);
    }

    ArchRule namesSayWhatAThingIs() {
        return noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Impl|Util|Utils)")
                .orShould()
                .haveNameMatching(".*\\.(Abstract|Base)[A-Z]\\w*");
    }

    /** All rules by name, for the test that plants a violation of each. */
    Map<String, ArchRule> all() {
        return Map.of(
                "levels", levels(),
                "packages", everyPackageHasALevel(),
                "libraries", libraries(),
                "cores", coresArePure(),
                "driver-executor", driverMeetsExecutorInThreePackages(),
                "names", namesSayWhatAThingIs());
    }

    private boolean mayUse(String from, String to) {
        if (from.equals(to) || NEIGHBOURS.getOrDefault(from, Set.of()).contains(to)) {
            return true;
        }
        Integer fromLevel = LEVELS.get(from);
        Integer toLevel = LEVELS.get(to);
        return fromLevel != null && toLevel != null && toLevel < fromLevel;
    }

    private boolean isOurs(JavaClass type) {
        return isIn(type.getPackageName(), root);
    }

    private static boolean isIn(String name, String parent) {
        return name.equals(parent) || name.startsWith(parent + ".");
    }

    /** The package as the tables above name it: relative to the root, everything below {@code api} being one. */
    private String packageOf(JavaClass type) {
        String name = type.getPackageName();
        String relative = name.length() <= root.length() ? "" : name.substring(root.length() + 1);
        if (isIn(relative, "api")) {
            return "api";
        }
        while (!LEVELS.containsKey(relative)
                && relative.contains(".")
                && !relative.startsWith("driver.")
                && !relative.startsWith("yarn.")
                && !relative.startsWith("executor.")) {
            relative = relative.substring(0, relative.lastIndexOf('.'));
        }
        return relative;
    }

    private static boolean isImpure(JavaClass type) {
        String name = type.getName();
        String pack = type.getPackageName();
        return List.of(
                                "java.lang.Thread",
                                "java.lang.ThreadLocal",
                                "java.lang.Runtime",
                                "java.lang.ProcessBuilder",
                                "java.lang.Process",
                                "java.util.HashMap",
                                "java.util.HashSet",
                                "java.util.IdentityHashMap",
                                "java.util.WeakHashMap",
                                "java.util.Random",
                                "java.util.SplittableRandom",
                                "java.util.UUID",
                                "java.util.Date",
                                "java.util.Timer")
                        .contains(name)
                || isIn(pack, "java.util.concurrent")
                || isIn(pack, "java.util.random")
                || isIn(pack, "java.time") && !name.equals("java.time.Instant")
                || isIn(pack, "java.net")
                || isIn(pack, "java.nio.file")
                || isIn(pack, "java.nio.channels")
                || isIn(pack, "java.security")
                || isIn(pack, "java.io")
                        && !List.of("java.io.Serializable", "java.io.Serial").contains(name);
    }
}
