package dev.kindling.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.kindling.api.DoubleRDD;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All contracts: what an operator without one has to do is one entry in the list of its topic. */
final class Contracts {
    private Contracts() {}

    static final List<Contract> ALL = Stream.of(
                    SourceContracts.ALL,
                    NarrowContracts.ALL,
                    ShuffledContracts.ALL,
                    KeyedContracts.ALL,
                    JoinContracts.ALL,
                    ActionContracts.ALL,
                    DoubleContracts.ALL,
                    ReusedRowContracts.ALL,
                    ChangedRowContracts.ALL)
            .flatMap(List::stream)
            .toList();

    /** What is kept, and jobs in the background: not operators on rows; each has tests of its own. */
    private static final Set<String> SHOWN_ELSEWHERE = Set.of(
            "cache",
            "persist",
            "unpersist",
            "getStorageLevel",
            "checkpoint",
            "localCheckpoint",
            "isCheckpointed",
            "getCheckpointFile",
            "checkpointFile",
            "countAsync",
            "collectAsync",
            "takeAsync",
            "foreachAsync",
            "foreachPartitionAsync");

    /** Tries a contract with these rows. */
    static void check(KindlingContext kindling, Data data, Contract contract, Path directory) {
        try {
            contract.body().check(new Case(kindling, data, directory));
        } catch (Exception e) {
            fail(contract + " with " + data + " rows: " + e, e);
        }
    }

    /** Every public method of the sets, and of the context where it makes one, written like the names of {@link Contract#methods}. */
    static Set<String> methodsOfSets() {
        Set<String> methods = new TreeSet<>();
        for (Class<?> type : List.of(KindlingContext.class, RDD.class, PairRDD.class, DoubleRDD.class)) {
            for (Method method : type.getDeclaredMethods()) {
                boolean isOperator =
                        type != KindlingContext.class || RDD.class.isAssignableFrom(method.getReturnType());
                if (isOperator && !method.isSynthetic() && !SHOWN_ELSEWHERE.contains(method.getName())) {
                    methods.add(nameOf(method));
                }
            }
        }
        return methods;
    }

    private static String nameOf(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(
                        ",", method.getDeclaringClass().getSimpleName() + "." + method.getName() + "(", ")"));
    }

    static void checkThatNoneIsMissing() {
        Set<String> missing = methodsOfSets();
        ALL.forEach(contract -> contract.methods().forEach(missing::remove));
        assertEquals(Set.of(), missing, "methods without a contract: add an entry");
    }
}
