package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What a group promises, under any master: it can be walked again and while it is being walked, knows its size, ends with
 * its task, and what leaves the task is a copy. One key has so many values that an executor of 64 MB reads them from disk.
 */
abstract class GroupsContract {
    private static final int GIANT_VALUES = 300_000;
    private static final int SMALL_VALUES = 40;

    abstract KindlingContext kindling();

    /** Key 1 is the giant one; keys 2 to 9 have {@value #SMALL_VALUES} values each. */
    private PairRDD<Integer, String> rows() {
        return kindling()
                .range(0, GIANT_VALUES + 8 * SMALL_VALUES, 1, 3)
                .mapToPair(n -> Tuple2.of(n < GIANT_VALUES ? 1 : 2 + (int) (n % 8), "value " + n));
    }

    private PairRDD<Integer, Iterable<String>> groups() {
        return rows().groupByKey(2);
    }

    private PairRDD<Integer, Iterable<String>> smallGroups() {
        return rows().filter((key, value) -> key > 1).groupByKey(2);
    }

    private static long valuesOf(int key) {
        return key == 1 ? GIANT_VALUES : SMALL_VALUES;
    }

    private static long walk(Iterable<?> group) {
        long count = 0;
        for (Object value : group) {
            count += value.toString().startsWith("value ") ? 1 : 0;
        }
        return count;
    }

    @Test
    void groupIsWalkedAgainAndKnowsItsSizeWithoutBeingWalked() {
        Map<Integer, List<Long>> found = new TreeMap<>(groups().mapValues(group -> List.of(
                        Groups.size(group),
                        walk(group),
                        walk(group),
                        Groups.stream(group).count()))
                .collectAsMap());

        assertEquals(9, found.size());
        found.forEach((key, counts) ->
                assertEquals(List.of(valuesOf(key), valuesOf(key), valuesOf(key), valuesOf(key)), counts));
    }

    @Test
    void groupIsWalkedWhileItIsBeingWalked() {
        long pairs = groups().mapValues(group -> {
                    long count = 0;
                    Iterator<String> outer = group.iterator();
                    for (int i = 0; i < 3; i++) {
                        outer.next();
                        count += walk(group);
                    }
                    while (outer.hasNext()) {
                        outer.next();
                        count++;
                    }
                    return count + 3;
                })
                .values()
                .reduce(Long::sum);

        assertEquals(4L * (GIANT_VALUES + 8 * SMALL_VALUES), pairs);
    }

    @Test
    void groupsOfTwoToFourSidesAreLikeThoseOfOne() {
        PairRDD<Integer, String> one = rows();
        PairRDD<Integer, String> few = one.filter((key, value) -> key > 5);
        HashPartitioner by = new HashPartitioner(2);

        one.cogroup(few, by)
                .mapValues(g -> List.of(Groups.size(g._1()), walk(g._1()), Groups.size(g._2()), walk(g._2())))
                .collectAsMap()
                .forEach((key, counts) -> assertEquals(sides(key, 2), counts));
        one.cogroup(few, few, by)
                .mapValues(g -> List.of(
                        Groups.size(g._1()),
                        walk(g._1()),
                        Groups.size(g._2()),
                        walk(g._2()),
                        Groups.size(g._3()),
                        walk(g._3())))
                .collectAsMap()
                .forEach((key, counts) -> assertEquals(sides(key, 3), counts));
        one.cogroup(few, few, few, by)
                .mapValues(g -> List.of(
                        Groups.size(g._1()),
                        walk(g._1()),
                        Groups.size(g._2()),
                        walk(g._2()),
                        Groups.size(g._3()),
                        walk(g._3()),
                        Groups.size(g._4()),
                        walk(g._4())))
                .collectAsMap()
                .forEach((key, counts) -> assertEquals(sides(key, 4), counts));
    }

    private static List<Long> sides(int key, int count) {
        List<Long> sides = new ArrayList<>(List.of(valuesOf(key), valuesOf(key)));
        for (int side = 1; side < count; side++) {
            sides.add(key > 5 ? valuesOf(key) : 0);
            sides.add(key > 5 ? valuesOf(key) : 0);
        }
        return sides;
    }

    @Test
    void groupOfOneSideMeetsEveryValueOfTheOtherHoweverManyThereAre() {
        PairRDD<Integer, String> right = kindling().range(0, 3, 1, 1).mapToPair(n -> Tuple2.of(1, "right " + n));

        assertEquals(3L * GIANT_VALUES, rows().join(right, 2).count());
        assertEquals(3L * GIANT_VALUES, right.join(rows(), 2).count());
    }

    // ---- what leaves the task ---------------------------------------------------------------------------------------

    @Test
    void collectedGroupIsAListOfItsOwn() {
        for (Tuple2<Integer, Iterable<String>> row : smallGroups().collect()) {
            assertTrue(row._2() instanceof List<?>, row._2().getClass().getName());
            assertEquals(SMALL_VALUES, walk(row._2()));
            assertEquals(SMALL_VALUES, Groups.size(row._2()));
        }
    }

    @Test
    void groupThatCrossesAShuffleOrIsKeptIsACopy() {
        PairRDD<Integer, Iterable<String>> kept = smallGroups().cache();
        long once = kept.mapValues(GroupsContract::walk).values().reduce(Long::sum);
        long again = kept.mapValues(GroupsContract::walk).values().reduce(Long::sum);
        long shuffled = kept.mapToPair((key, group) -> Tuple2.of(-key, group))
                .sortByKey(true, 2)
                .mapValues(GroupsContract::walk)
                .values()
                .reduce(Long::sum);
        kept.unpersist();

        assertEquals(List.of(8L * SMALL_VALUES, 8L * SMALL_VALUES, 8L * SMALL_VALUES), List.of(once, again, shuffled));
    }

    /** A program that breaks the rule. */
    private static final List<Iterable<String>> KEPT = new ArrayList<>();

    private static final List<Iterator<String>> OPENED = new ArrayList<>();

    private static synchronized long keep(Iterable<String> group) {
        Iterator<String> opened = group.iterator();
        opened.next();
        OPENED.add(opened);
        KEPT.add(group);
        return Groups.size(group);
    }

    private static synchronized long readKept(boolean byNewIterator) {
        return byNewIterator ? walk(KEPT.get(0)) : OPENED.get(0).next().length();
    }

    @Test
    void groupReadAfterItsTaskHasEndedSaysSo() {
        for (PairRDD<Integer, Iterable<String>> groups :
                List.of(groups().filter((key, group) -> key == 1), smallGroups().filter((key, group) -> key == 2))) {
            kindling().range(0, 2, 1, 2).foreach(n -> forget());
            assertEquals(1, groups.mapValues(GroupsContract::keep).count());

            for (boolean byNewIterator : new boolean[] {true, false}) {
                KindlingException failure = assertThrows(
                        KindlingException.class,
                        () -> kindling()
                                .range(0, 1, 1, 1)
                                .map(n -> readKept(byNewIterator))
                                .count());
                assertTrue(failure.getMessage().contains("was read after the task had ended"), failure.getMessage());
                assertTrue(failure.getMessage().contains("copy its values"), failure.getMessage());
            }
        }
    }

    private static synchronized void forget() {
        KEPT.clear();
        OPENED.clear();
    }
}
