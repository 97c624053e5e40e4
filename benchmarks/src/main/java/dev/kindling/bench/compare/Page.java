package dev.kindling.bench.compare;

/** A page of Markdown with sections that are written by a command, between two comments that name it. */
public final class Page {
    private Page() {}

    /** @throws IllegalArgumentException when the page has no such section */
    public static String replaced(String page, String name, String text) {
        String begin = "<!-- begin: bin/bench " + name + " -->\n";
        String end = "<!-- end: bin/bench " + name + " -->\n";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("the page has no place for the tables; it is marked by the lines "
                    + begin.strip() + " and " + end.strip());
        }
        return page.substring(0, from + begin.length()) + "\n" + text + "\n" + page.substring(to);
    }
}
