package dev.kindling.driver.lineage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.Lineage;
import dev.kindling.util.Json;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Checks that every form of a lineage follows the rules of its language and names every stage and arrow. */
public final class LineageForms {
    private static final Pattern MERMAID_NODE = Pattern.compile("    s(\\d+)\\[\"([^\"]*)\"]");
    private static final Pattern MERMAID_ARROW = Pattern.compile("    s(\\d+) -->(?:\\|\"([^\"]*)\"\\|)? s(\\d+)");
    private static final Pattern MERMAID_REST =
            Pattern.compile("    classDef skipped [a-z0-9:.,\\- ]+|    class s\\d+ skipped");
    private static final Pattern DOT_STRING = Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"");

    private LineageForms() {}

    /** Fails when a form is not well-formed, or does not show the stages. */
    public static void check(Lineage lineage) {
        checkText(lineage);
        checkMermaid(lineage);
        checkDot(lineage);
        checkJson(lineage);
        checkSvg(lineage);
    }

    private static void checkText(Lineage lineage) {
        long titles = lineage.toText()
                .lines()
                .filter(line -> line.startsWith("stage "))
                .count();
        assertEquals(lineage.stages().size(), titles);
    }

    private static Set<String> arrows(Lineage lineage) {
        Set<String> arrows = new TreeSet<>();
        for (Lineage.Stage stage : lineage.stages()) {
            stage.parents().forEach(parent -> arrows.add(parent + ">" + stage.id()));
        }
        return arrows;
    }

    private static void checkMermaid(Lineage lineage) {
        List<String> lines = lineage.toMermaid().lines().toList();
        assertEquals("flowchart TD", lines.get(0));
        Set<Integer> nodes = new TreeSet<>();
        Set<String> arrows = new TreeSet<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher node = MERMAID_NODE.matcher(line);
            Matcher arrow = MERMAID_ARROW.matcher(line);
            if (node.matches()) {
                nodes.add(Integer.valueOf(node.group(1)));
                checkMermaidLabel(node.group(2));
            } else if (arrow.matches()) {
                arrows.add(arrow.group(1) + ">" + arrow.group(3));
                checkMermaidLabel(arrow.group(2) == null ? "" : arrow.group(2));
            } else {
                assertTrue(MERMAID_REST.matcher(line).matches(), line);
            }
        }
        assertEquals(lineage.stages().size(), nodes.size());
        assertEquals(arrows(lineage), arrows);
    }

    /** In a quoted label only entity codes and line breaks may mean something. */
    private static void checkMermaidLabel(String label) {
        String rest = label.replace("<br/>", "").replaceAll("#\\d+;", "");
        assertFalse(
                Pattern.compile("[\"#<>&;`\\\\\\[\\]{}|\\p{Cntrl}]")
                        .matcher(rest)
                        .find(),
                label);
    }

    private static void checkDot(Lineage lineage) {
        String dot = lineage.toDot();
        String bare = DOT_STRING.matcher(dot).replaceAll("S");
        assertFalse(bare.contains("\"") || bare.contains("\\"), dot);
        assertTrue(dot.startsWith("digraph lineage {\n") && dot.endsWith("}\n"), dot);
        Set<String> arrows = new TreeSet<>();
        List<String> lines = bare.lines().toList();
        for (String line : lines.subList(1, lines.size() - 1)) {
            assertTrue(line.matches("    (node|s\\d+|s\\d+ -> s\\d+)( \\[[a-zA-Z=, ]+])?;"), line);
            Matcher arrow = Pattern.compile("s(\\d+) -> s(\\d+)").matcher(line);
            if (arrow.find()) {
                arrows.add(arrow.group(1) + ">" + arrow.group(2));
            }
        }
        assertEquals(arrows(lineage), arrows);
    }

    private static void checkJson(Lineage lineage) {
        Map<?, ?> json = (Map<?, ?>) Json.parse(lineage.toJson());
        assertEquals(1L, json.get("kindlingLineage"));
        List<?> stages = (List<?>) json.get("stages");
        assertEquals(lineage.stages().size(), stages.size());
        for (Lineage.Stage stage : lineage.stages()) {
            Map<?, ?> written = (Map<?, ?>) stages.get(stage.id());
            assertEquals((long) stage.tasks(), written.get("tasks"));
            assertEquals(stage.skipped(), written.get("skipped"));
            assertEquals(stage.parents().stream().map(Integer::longValue).toList(), written.get("parents"));
            assertEquals(stage.steps().size(), ((List<?>) written.get("steps")).size());
        }
    }

    private static void checkSvg(Lineage lineage) {
        Document svg = parsed(lineage.toSvg());
        assertEquals("svg", svg.getDocumentElement().getLocalName());
        Set<String> names = new TreeSet<>();
        NodeList all = svg.getElementsByTagName("*");
        int heads = 0;
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            names.add(element.getLocalName());
            heads += element.getAttribute("class").equals("kl-head") ? 1 : 0;
            for (String attribute : List.of("href", "onload", "onclick", "src")) {
                assertFalse(element.hasAttribute(attribute), attribute);
            }
        }
        assertEquals(new TreeSet<>(Set.of("svg", "title", "style", "rect", "g", "path", "text")), withPath(names));
        assertEquals(arrows(lineage).size(), heads);
        for (Lineage.Stage stage : lineage.stages()) {
            String title = "stage " + stage.id() + ": ";
            assertTrue(svg.getDocumentElement().getTextContent().contains(title), title);
        }
        String style = svg.getElementsByTagName("style").item(0).getTextContent();
        assertTrue(style.contains("prefers-color-scheme:dark"), style);
        assertFalse(style.contains("url(") || style.contains("@import"), style);
        checkBoxes(svg);
    }

    private static Set<String> withPath(Set<String> names) {
        names.add("path");
        return names;
    }

    /** Boxes lie inside the picture and do not touch each other. */
    private static void checkBoxes(Document svg) {
        double width = Double.parseDouble(svg.getDocumentElement().getAttribute("width"));
        double height = Double.parseDouble(svg.getDocumentElement().getAttribute("height"));
        NodeList rects = svg.getElementsByTagName("rect");
        for (int i = 0; i < rects.getLength(); i++) {
            double[] a = boxOf((Element) rects.item(i));
            for (int j = i + 1; a != null && j < rects.getLength(); j++) {
                double[] b = boxOf((Element) rects.item(j));
                assertTrue(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], "boxes overlap");
            }
            assertTrue(a == null || a[0] >= 0 && a[1] >= 0 && a[2] <= width && a[3] <= height, "a box lies outside");
        }
    }

    private static double[] boxOf(Element rect) {
        if (!rect.getAttribute("class").equals("kl-box")) {
            return null;
        }
        double x = Double.parseDouble(rect.getAttribute("x"));
        double y = Double.parseDouble(rect.getAttribute("y"));
        double width = Double.parseDouble(rect.getAttribute("width"));
        double height = Double.parseDouble(rect.getAttribute("height"));
        return new double[] {x, y, x + width, y + height};
    }

    static Document parsed(String xml) {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        try {
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
        } catch (ParserConfigurationException | SAXException | IOException e) {
            throw new AssertionError(xml, e);
        }
    }
}
