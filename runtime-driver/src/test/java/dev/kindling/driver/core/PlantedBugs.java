package dev.kindling.driver.core;

import dev.kindling.driver.sim.DefectiveFiles;
import dev.kindling.driver.sim.DefectiveInput;
import dev.kindling.driver.sim.DefectiveObjects;
import dev.kindling.driver.sim.SimCores;
import dev.kindling.executor.core.DefectiveExecutors;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every bug that can be planted in a core, with the cores that have it. */
final class PlantedBugs {
    /**
     * Bugs that no seed finds, with the guard behind each that makes it harmless: named by the bug that switches it off
     * as well, with which it is found, or by the test that shows it.
     */
    private static final Map<String, String> SECOND_LINES = Map.ofEntries(
            Map.entry(
                    "driver CACHE_NEVER_DISTRUSTED",
                    "CachedBlocksTest#blockThatIsGoneCostsAnUnchargedAttemptAndTheNextLaunchSaysWhatIsBelow"),
            Map.entry(
                    "driver EARLIER_FULL_DISK_COUNTED",
                    "DriverCoreTest#garbageThatIsFoundIsLookedForAgainWhenDisksAreFullAgain"),
            Map.entry(
                    "driver FAILED_WITHOUT_NEED",
                    "DriverCoreTest#jobThatIsPublishingDoesNotFailWithATaskThatAnotherNeeds"),
            Map.entry("driver FENCED_REGISTRATION_ACCEPTED", "driver NONCE_NOT_COMPARED"),
            Map.entry(
                    "executor EARLY_CANCELLATION_FORGOTTEN",
                    "DriverCoreTest#attemptTheDriverDoesNotBelieveInIsCancelled"),
            Map.entry(
                    "driver UNKNOWN_ATTEMPT_NOT_CANCELLED",
                    "ExecutorCoreTest#cancellationThatOvertakesItsLaunchKeepsItFromRunning"),
            Map.entry(
                    "driver SECOND_PART_COMMITTED",
                    "DriverCoreTest#partOnALostExecutorStaysValidAndItsSecondIsDiscarded"),
            Map.entry(
                    "driver UNREACHABLE_NEIGHBOURS_KEPT", "DriverCoreTest#silentExecutorIsReportedThenLostThenRefused"),
            Map.entry(
                    "executor ENDED_ATTEMPTS_NOT_NAMED",
                    "ExecutorCoreTest#outcomeIsRepeatedAndNamedUntilItIsAcknowledged"),
            Map.entry(
                    "executor LATE_ANSWER_TAKEN",
                    "ShuffleFetcherTest#aConnectionThatBreaksInMidTransferIsMadeAgainAndNoBlockComesTwice"),
            Map.entry(
                    "output ATTEMPT_FILES_OF_ALL_ALIKE",
                    "StoreFaultsTest#attemptOfADeadApplicationThatWritesLateIsInNobodysWay"),
            Map.entry(
                    "output MANIFESTS_OF_ALL_ALIKE",
                    "StoreFaultsTest#moveOfADeadDriverComesAtAnyMomentOfTheNextOneAndTheOutputIsOneOfTheirs"));

    /**
     * A bug.
     *
     * @param secondLine what makes it harmless; empty when seeds find it
     */
    record Planted(String name, SimCores cores, Optional<String> secondLine) {
        /** Whether seeds must find it, alone or without what stands behind it. */
        boolean isFoundBySeeds() {
            return secondLine.filter(second -> second.contains("#")).isEmpty();
        }

        /** As cells of a table: the bug, what stands behind it. */
        String cell() {
            return code(name);
        }

        String behind() {
            return secondLine
                    .map(second -> second.contains("#") ? "`" + second + "`" : "with " + code(second))
                    .orElse("");
        }

        private static String code(String bug) {
            return bug.replaceAll("^(driver|executor|output|objects|input) (.*)$", "$1 `$2`");
        }
    }

    private PlantedBugs() {}

    static List<Planted> all() {
        List<Planted> all = new ArrayList<>();
        for (PlantedBug bug : PlantedBug.values()) {
            all.add(planted("driver " + bug));
        }
        for (String name : DefectiveExecutors.names()) {
            all.add(planted("executor " + name));
        }
        for (String name : DefectiveFiles.names()) {
            all.add(new Planted(
                    "output " + name,
                    DefectiveFiles.in(SimCores.real(), name),
                    Optional.ofNullable(SECOND_LINES.get("output " + name))));
        }
        for (String name : DefectiveObjects.names()) {
            all.add(new Planted(
                    "objects " + name,
                    DefectiveObjects.in(SimCores.real(), name),
                    Optional.ofNullable(SECOND_LINES.get("objects " + name))));
        }
        for (String name : DefectiveInput.names()) {
            all.add(new Planted("input " + name, DefectiveInput.in(SimCores.real(), name), Optional.empty()));
        }
        return all;
    }

    private static Planted planted(String name) {
        String second = SECOND_LINES.getOrDefault(name, "");
        SimCores cores = second.isEmpty() || second.contains("#") ? coresWith(name) : coresWith(name, second);
        return new Planted(name, cores, Optional.of(second).filter(line -> !line.isEmpty()));
    }

    private static SimCores coresWith(String... names) {
        Set<PlantedBug> driver = EnumSet.noneOf(PlantedBug.class);
        List<String> executor = new ArrayList<>();
        for (String name : names) {
            int space = name.indexOf(' ');
            if (name.startsWith("driver ")) {
                driver.add(PlantedBug.valueOf(name.substring(space + 1)));
            } else {
                executor.add(name.substring(space + 1));
            }
        }
        return DefectiveExecutors.in(
                SimCores.real().withDriver(settings -> new DriverCore(settings, driver)), executor);
    }
}
