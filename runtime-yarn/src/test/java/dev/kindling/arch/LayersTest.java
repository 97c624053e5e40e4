package dev.kindling.arch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.kindling.config.ConfigKey;
import dev.kindling.config.ConfigKeys;
import dev.kindling.driver.core.DriverEvent;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.plan.PlanNode;
import dev.kindling.yarn.core.AppMasterEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The layers hold, and each rule about them is able to say no. */
class LayersTest {
    private static final String PLANTED = "dev.kindling.arch.planted";

    /** One class of each module; what lies beside them is the product, whether in jars or in directories. */
    private static final List<Class<?>> MODULES =
            List.of(PlanNode.class, TaskOutcome.class, DriverEvent.class, AppMasterEvent.class);

    private static final JavaClasses PRODUCT = new ClassFileImporter()
            .importUrls(MODULES.stream()
                    .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                    .distinct()
                    .toList());

    @TestFactory
    Stream<DynamicTest> everyRuleHolds() {
        return new Layers("dev.kindling")
                .all().entrySet().stream()
                        .map(rule -> DynamicTest.dynamicTest(
                                rule.getKey(), () -> rule.getValue().check(PRODUCT)));
    }

    @Test
    void nothingOpensAPortThatThePageAboutSecurityDoesNotName() throws IOException {
        Set<String> opening = PRODUCT.stream()
                .flatMap(type -> type.getCodeUnits().stream())
                .flatMap(code -> code.getCallsFromSelf().stream())
                .filter(LayersTest::opensAPort)
                .map(call -> call.getOriginOwner().getName().replaceAll(".*\\.|\\$.*", ""))
                .collect(Collectors.toCollection(TreeSet::new));

        String page = Files.readString(SourcesTest.root().resolve("docs/security.md"));
        Matcher sentence =
                Pattern.compile("In the code only these open a port:[^.]*\\.").matcher(page);
        assertTrue(sentence.find(), "docs/security.md says what opens a port");
        Set<String> named = Pattern.compile("`(\\w+)`")
                .matcher(sentence.group())
                .results()
                .map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(named, opening);
    }

    private static boolean opensAPort(JavaCall<?> call) {
        String owner = call.getTargetOwner().getName();
        boolean isMade = call.getTarget().getName().matches("<init>|open|create|bind");
        return isMade
                && owner.matches("java\\.net\\.(Server|Datagram|Multicast)Socket"
                        + "|java\\.nio\\.channels\\.(Asynchronous)?(ServerSocket|Datagram)Channel"
                        + "|javax\\.net\\.(ssl\\.SSL)?ServerSocketFactory|com\\.sun\\.net\\.httpserver\\.Https?Server"
                        + "|io\\.netty\\.bootstrap\\.ServerBootstrap");
    }

    @TestFactory
    Stream<DynamicTest> everyRuleFindsItsPlantedViolation() {
        Map<String, List<String>> planted = Map.of(
                "levels", List.of("planted.plan.LooksUp", "planted.api.KnowsTheEngine", "planted.plan.Right"),
                "packages", List.of("planted.nowhere.Homeless"),
                "libraries", List.of("planted.plan.TalksNetty", "planted.driver.PrintsHelp"),
                "cores", List.of("planted.driver.core.ReadsTheClock", "planted.executor.core.KeepsAHashMap"),
                "driver-executor", List.of("planted.driver.core.CallsTheExecutor", "planted.executor.CallsTheDriver"),
                "names", List.of("planted.plan.PlanManager"));
        JavaClasses classes = new ClassFileImporter().importPackages(PLANTED);
        Map<String, ArchRule> rules = new Layers(PLANTED).all();

        return rules.keySet().stream()
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    String report =
                            rules.get(name).evaluate(classes).getFailureReport().toString();
                    for (String culprit : planted.get(name)) {
                        assertTrue(
                                report.contains(culprit), () -> name + " does not report " + culprit + ":\n" + report);
                    }
                }));
    }

    @Test
    void packagesCannotUseEachOtherInACircle() {
        assertEquals(Optional.empty(), Layers.circleAmong(Layers.LEVELS, Layers.NEIGHBOURS));

        Map<String, Integer> levels = Map.of("a", 1, "b", 1, "c", 1, "below", 0);
        assertEquals(
                Optional.of("a -> b"),
                Layers.circleAmong(levels, Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a"))));
        assertEquals(Optional.of("below -> a"), Layers.circleAmong(levels, Map.of("below", Set.of("a"))));
        assertEquals(Optional.empty(), Layers.circleAmong(levels, Map.of("a", Set.of("b", "c"), "b", Set.of("c"))));
    }

    @Test
    void theRulesSeeTheWholeProductAndNoTest() {
        for (Class<?> type : MODULES) {
            assertTrue(PRODUCT.contain(type), type.getName());
        }
        assertFalse(PRODUCT.contain(LayersTest.class));
    }

    @Test
    void everyConfigurationKeyOfTheManualIsReadBySomething() {
        List<JavaField> keys = PRODUCT.stream()
                .filter(type -> type.getPackageName().equals("dev.kindling.config"))
                .flatMap(type -> type.getFields().stream())
                .filter(field -> field.getRawType().isEquivalentTo(ConfigKey.class))
                .toList();

        List<String> unread = keys.stream()
                .filter(key -> key.getAccessesToSelf().stream()
                        .allMatch(access ->
                                access.getOriginOwner().getPackageName().equals("dev.kindling.config")))
                .map(JavaField::getFullName)
                .toList();

        assertEquals(ConfigKeys.all().size(), keys.size());
        assertEquals(List.of(), unread);
    }
}
