package dev.weir.labs.web;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.weir.labs.Findings;
import dev.weir.labs.Host;
import dev.weir.labs.Result;
import dev.weir.labs.Testbed;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is asked of the page in the browser, and of the API beside it. One thread. */
final class WebPageChecks {
    private static final String API = "http://127.0.0.1:8080";
    private static final int PATIENCE = 20;

    private final Testbed bed;
    private final Findings findings;
    private final Host weir;
    private final Chromium browser;

    WebPageChecks(Testbed bed, Findings findings, Host weir, Chromium browser) {
        this.bed = bed;
        this.findings = findings;
        this.weir = weir;
        this.browser = browser;
    }

    private JsonObject ask(String path) throws IOException, InterruptedException {
        Result answer = weir.curl(API + path);
        return WebLab.parse(answer.out().strip());
    }

    /** The last of what the API lists. */
    String said(String path, String list) throws IOException, InterruptedException {
        JsonElement last = null;
        for (JsonElement each : ask(path).getAsJsonArray(list)) last = each;
        return String.valueOf(last);
    }

    /** How many flows have begun and ended so far. */
    long events() throws IOException, InterruptedException {
        return WebLab.object(ask("/v1/counters"), "flowTable").get("CREATED").getAsLong() + ended();
    }

    /** How many flows have ended so far. */
    long ended() throws IOException, InterruptedException {
        long all = 0;
        JsonObject counted = WebLab.object(ask("/v1/counters"), "flowTable");
        for (String name : counted.keySet()) {
            if (name.startsWith("ended:")) all += counted.get(name).getAsLong();
        }
        return all;
    }

    private void shows(String what, String condition) throws IOException, InterruptedException {
        boolean holds = browser.waitFor(condition, PATIENCE);
        findings.check(
                what,
                holds,
                holds ? "" : browser.evaluate("document.body.innerText").replaceAll("\\s+", " "));
    }

    private void view(String name) throws IOException {
        browser.evaluate("location.hash='" + name + "'");
    }

    void opens() throws IOException, InterruptedException {
        findings.step("the page opens, and shows what runs");
        shows("rates are drawn", "document.querySelectorAll('.chart path.line').length>=8");
        shows("hosts are listed", "document.querySelectorAll('#hosts tbody tr').length>=3");
        shows("services are listed", WebLab.text("#services") + ".includes('tcp/80')");
        shows("flows are counted", "Number(document.querySelector('#flow-count').dataset.value)>0");
        findings.equal(
                "nothing is loaded from elsewhere",
                "0",
                browser.evaluate(
                        "performance.getEntriesByType('resource').filter(e=>!e.name.startsWith(location.origin)).length"));
    }

    void offload() throws IOException, InterruptedException {
        findings.step("what the kernel carries");
        shows("the view comes when something is carried", WebLab.text("nav") + ".includes('Offload')");
        view("offload");
        shows(
                "the large flow is carried",
                WebLab.text("main") + ".includes('xdp') && document.querySelector('.tile dd').dataset.value!=='0'");
    }

    void programs() throws IOException, InterruptedException {
        shows("the view of programs comes", WebLab.text("nav") + ".includes('Programs')");
        view("programs");
        shows("its table is listed", "document.querySelectorAll('main tbody tr').length>=1");
        shows(
                "with entries that packets added",
                "Number(document.querySelector('main tbody td.number').textContent)>0");
        browser.evaluate("document.querySelector('main tbody button.link').click()");
        shows("entries show what they match and do", "document.querySelectorAll('dialog tbody tr').length>=1");
        browser.press("Escape");
    }

    void graph() throws IOException, InterruptedException {
        findings.step("the packet graph");
        view("graph");
        for (JsonElement node : ask("/v1/nodes").getAsJsonArray("nodes")) {
            String name = node.getAsJsonObject().get("name").getAsString();
            shows(
                    "it has " + name,
                    "[...document.querySelectorAll('.stage .name')].some(t=>t.textContent==='" + name + "')");
        }
        shows("packets flow on its arcs", "document.querySelectorAll('.wire.live').length>=4");
        shows("dropped packets leave it", "document.querySelectorAll('.drop text').length>=1");
        findings.check(
                "by the rate that the API gives",
                ask("/v1/nodes").toString().contains("\"dropRates\":{"),
                browser.evaluate(WebLab.text(".drop text")));
    }

    /** Pictures for the documentation, and that nothing sticks out of a narrow screen. */
    void pictures() throws IOException, InterruptedException {
        findings.step("light, dark, narrow");
        for (String name : List.of("overview", "graph", "flows", "events", "programs")) {
            view(name);
            for (Chromium.Look look : Chromium.Look.values()) {
                browser.look(look);
                Thread.sleep(1500);
                Path file = bed.folder().resolve("web-" + name + "-" + look.word() + ".png");
                browser.picture(file);
                findings.check(
                        name + ", " + look.word() + ": nothing sticks out",
                        browser.evaluate("document.documentElement.scrollWidth<=innerWidth")
                                .equals("true"),
                        Files.size(file) + " octets");
            }
        }
        browser.look(Chromium.Look.DARK);
        findings.equal(
                "dark is dark", "rgb(16, 22, 27)", browser.evaluate("getComputedStyle(document.body).backgroundColor"));
        browser.look(Chromium.Look.LIGHT);
        findings.equal(
                "light is light",
                "rgb(244, 246, 247)",
                browser.evaluate("getComputedStyle(document.body).backgroundColor"));
        findings.equal("nothing was complained of", List.of(), browser.takeErrors());
    }

    /** Nothing flows meanwhile, so both say the same. */
    void figuresAreTheApis() throws IOException, InterruptedException {
        findings.step("without traffic: figures are the API's, digit by digit");
        view("overview");
        Thread.sleep(3000);
        String flows = "document.querySelector('#flow-count').dataset.value";
        same(
                "flows",
                flows,
                () -> ask("/v1/counters").has("flows")
                        ? ask("/v1/counters").get("flows").getAsString()
                        : "0");
        String host =
                "[...document.querySelectorAll('#hosts tbody tr')].map(r=>[...r.children].slice(0,4).map((c,i)=>i?c.title:c.textContent).join(' ').replaceAll('\\u202f','')).join('\\n')";
        same("hosts with their flows, packets and octets", host, () -> groups("HOST"));
        String service = host.replace("#hosts", "#services");
        same("services with theirs", service, () -> groups("SERVICE"));
        view("graph");
        String stages =
                "[...document.querySelector('table[aria-label=Stages]').tBodies[0].rows].map(r=>r.cells[0].textContent+' '+r.cells[2].title.replaceAll('\\u202f','')).join('\\n')";
        shows("stages are listed", "document.querySelector('table[aria-label=Stages]')");
        same("packets of stages", stages, () -> {
            var text = new StringBuilder();
            for (JsonElement each : ask("/v1/nodes").getAsJsonArray("nodes")) {
                JsonObject node = each.getAsJsonObject();
                text.append(node.get("name").getAsString())
                        .append(' ')
                        .append(node.has("packets") ? node.get("packets").getAsString() : "0")
                        .append('\n');
            }
            return text.toString().strip();
        });
    }

    private String groups(String by) throws IOException, InterruptedException {
        var text = new StringBuilder();
        JsonObject grouping = ask("/v1/flows:group?by=" + by)
                .getAsJsonArray("groupings")
                .get(0)
                .getAsJsonObject();
        for (JsonElement each : grouping.getAsJsonArray("groups")) {
            JsonObject group = each.getAsJsonObject(), sums = group.getAsJsonObject("sums");
            text.append(group.get("name").getAsString());
            for (String sum : List.of("flows", "packets", "bytes"))
                text.append(' ').append(sums.get(sum).getAsString());
            text.append('\n');
        }
        return text.toString().strip();
    }

    /** Something that the API says. */
    private interface Truth {
        String ask() throws IOException, InterruptedException;
    }

    /** Flows still end by their timers, so the page may be a moment behind: some time or other both must agree. */
    private void same(String what, String onPage, Truth truth) throws IOException, InterruptedException {
        String shown = "", said = "";
        for (int i = 0; i < 40; i++) {
            String before = truth.ask();
            shown = browser.evaluate(onPage);
            said = truth.ask();
            if (shown.equals(said) && before.equals(said) && !said.isEmpty()) {
                findings.check(what, true, said);
                return;
            }
            Thread.sleep(500);
        }
        findings.equal(what, said, shown);
    }

    private void fill(String selector, String text) throws IOException {
        browser.evaluate("(()=>{const i=document.querySelector('" + selector + "');i.focus();i.select();})()");
        browser.type(text);
        browser.press("Enter");
    }

    void filter() throws IOException, InterruptedException {
        findings.step("flows by the filter language");
        view("flows");
        shows("flows are listed", "document.querySelectorAll('main tbody tr').length>=1");
        fill("#filter", "proto == ipv6-icmp");
        shows(
                "a filter leaves its flows alone",
                "[...document.querySelectorAll('main tbody tr')].every(r=>r.cells[0].textContent==='ipv6-icmp')");
        fill("#filter", "proto == nonsense");
        shows("a wrong one is told with its place", WebLab.text(".fault") + ".includes('nonsense')");
        fill("#filter", "proto == tcp || proto == icmp || proto == ipv6-icmp");
        shows("the fault goes with it", "!document.querySelector('.fault')");
        browser.takeErrors(); // the refused call
    }

    private String open() throws IOException, InterruptedException {
        shows("there is a flow to open", "document.querySelector('main tbody button.link')");
        browser.evaluate("document.querySelector('main tbody button.link').click()");
        shows("it shows how long it lives", "document.querySelector('#remaining')");
        return browser.evaluate("document.querySelector('dialog h2').textContent");
    }

    void mayOnlyLook() throws IOException, InterruptedException {
        findings.step("who may look may not act");
        open();
        findings.equal(
                "there is no action",
                "0",
                browser.evaluate("document.querySelectorAll('dialog .actions button').length"));
        browser.press("Escape");
        shows("Escape closes it", "!document.querySelector('dialog')");
    }

    void actions(String token) throws IOException, InterruptedException {
        findings.step("with a token that may operate");
        browser.evaluate("document.querySelector('.who button').click()");
        shows("it is asked for", "document.querySelector('dialog[open] #token')");
        fill("#token", token);
        shows("the page knows who it is", WebLab.text(".who button") + "==='operator: operate'");
        String key = open();
        browser.picture(bed.folder().resolve("web-flow-light.png"));
        boolean was = flow(key).contains("\"offloaded\":true");
        browser.evaluate("document.querySelector('dialog .actions button').click()");
        boolean changed =
                browser.waitFor(WebLab.text("#carried") + "==='" + (was ? "software" : "offload") + "'", PATIENCE);
        findings.check(
                "it is marked, or no longer", changed && flow(key).contains("\"offloaded\":true") != was, flow(key));
        browser.evaluate("document.querySelector('dialog .actions .danger').click()");
        shows("deleting asks again", WebLab.text("dialog .actions") + ".includes('Keep it')");
        browser.evaluate("document.querySelector('dialog .actions .danger').click()");
        shows("the page says that it has ended", WebLab.text("dialog") + ".includes('has ended')");
        findings.check("and so says the API", flow(key).contains("there is no such flow"), flow(key));
        browser.press("Escape");
        browser.takeErrors(); // the flow that there is no longer
    }

    private String flow(String key) throws IOException, InterruptedException {
        Result answer =
                weir.run("curl", "-sS", API + "/v1/flow?key.text=" + URLEncoder.encode(key, StandardCharsets.UTF_8));
        return answer.out().strip();
    }

    void events(Host left) throws IOException, InterruptedException {
        findings.step("events as they happen");
        view("events");
        browser.evaluate(
                "document.querySelector('#filter').value!=='' && [...document.querySelectorAll('.filter button')].at(-1).click()");
        Thread.sleep(1500);
        left.run("ping", "-c", "2", "-i", "0.2", "10.0.0.2");
        shows(
                "a flow that begins is told",
                "[...document.querySelectorAll('main tbody tr')].some(r=>r.textContent.includes('created')&&r.textContent.includes('icmp'))");
    }

    void keyboard() throws IOException, InterruptedException {
        findings.step("by keyboard alone");
        view("overview");
        browser.open(API + "/"); // the focus is nowhere, and the token is forgotten
        shows("the page has forgotten the token", WebLab.text(".who button") + "==='anybody: read'");
        browser.press("Tab");
        findings.equal(
                "the first stop leads to the figures",
                "To the figures",
                browser.evaluate("document.activeElement.textContent"));
        for (int i = 0; i < 2; i++) browser.press("Tab");
        String focused = browser.evaluate("document.activeElement.textContent");
        browser.press("Enter");
        shows(
                "Enter on " + focused + " opens it",
                "document.querySelector('nav [aria-current]').textContent===" + quoted(focused));
        findings.check(
                "the focus is seen",
                !browser.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                        .equals("none"),
                browser.evaluate("getComputedStyle(document.activeElement).outline"));
        findings.equal(
                "whatever can be pressed has a name",
                "0",
                browser.evaluate(
                        "[...document.querySelectorAll('button,a,input')].filter(e=>!(e.textContent.trim()||e.getAttribute('aria-label')||e.labels?.length||e.querySelector('img[alt]'))).length"));
        findings.equal("nothing was complained of", List.of(), browser.takeErrors());
    }

    private static String quoted(String text) {
        return "'" + text + "'";
    }

    void othersAreRefused() throws IOException, InterruptedException {
        findings.step("pages of other sites");
        Result other = weir.run(
                "curl",
                "-sS",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}",
                "-X",
                "POST",
                API + "/v1/flow:delete",
                "-H",
                "origin: http://evil.example",
                "-H",
                "content-type: application/json",
                "-d",
                "{}");
        findings.equal("may change nothing", "403", other.lastLine());
        Result policy = weir.run("curl", "-sS", "-D", "-", "-o", "/dev/null", API + "/");
        findings.check(
                "the policy lets nothing of them in",
                policy.out().contains("default-src 'none'; script-src 'self'"),
                "");
    }

    /** How long the page is away while it works, and how long a view takes to come. */
    void quick() throws IOException, InterruptedException {
        String gap = browser.evaluate(
                "new Promise(done=>{let last=performance.now(),most=0;const end=last+5000;const tick=()=>{const now=performance.now();most=Math.max(most,now-last);last=now;now<end?requestAnimationFrame(tick):done(Math.round(most))};requestAnimationFrame(tick)})");
        findings.check(
                "the page never stands still for a second", Integer.parseInt(gap) < 1000, gap + " ms at the most");
        for (String view : List.of("flows", "events", "graph", "overview")) {
            long begun = System.nanoTime();
            view(view);
            String there = switch (view) {
                case "overview" -> "document.querySelectorAll('#hosts tbody tr').length>=10";
                case "graph" -> "document.querySelectorAll('.wire.live').length>=1";
                default -> "document.querySelectorAll('main tbody tr').length>=50";
            };
            boolean came = browser.waitFor(there, PATIENCE);
            findings.check(view + " comes", came, (System.nanoTime() - begun) / 1_000_000 + " ms");
            if (view.equals("events")) {
                Thread.sleep(3000);
                gap = browser.evaluate(
                        "new Promise(done=>{let last=performance.now(),most=0;const end=last+5000;const tick=()=>{const now=performance.now();most=Math.max(most,now-last);last=now;now<end?requestAnimationFrame(tick):done(Math.round(most))};requestAnimationFrame(tick)})");
                findings.check("also while events come", Integer.parseInt(gap) < 1000, gap + " ms at the most");
                findings.check(
                        "it says what it leaves out",
                        browser.waitFor(WebLab.text("main") + ".includes('left out')", 4 * PATIENCE),
                        browser.evaluate(WebLab.text("main .aside")));
            }
        }
    }
}
