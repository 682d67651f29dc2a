import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What a section of a window shows, as one line and without its buttons. */
async function shows(page: Page, section: string): Promise<string> {
  const text = await page.locator(`#${section}`).evaluate((element) => {
    const copy = document.createElement("div");
    copy.innerHTML = element.innerHTML.replace(/<button.*?<\/button>/g, " ");
    for (const block of copy.querySelectorAll("h2, p, li")) block.append(" ");
    return copy.textContent;
  });
  return text.replace(/\s+/g, " ").trim();
}

/** Use the app in the first of two windows, then in the other; both must show each step. */
export async function useApp(first: Page, second: Page): Promise<void> {
  const both = async (section: string, text: string): Promise<void> => {
    for (const page of [first, second]) {
      await expect.poll(() => shows(page, section), { timeout: 20_000 }).toContain(text);
    }
  };
  const click = (page: Page, name: string) =>
    page.getByRole("button", { name, exact: true }).click();

  await both("personas", "Personas Active: nobody");
  await both("memories", "0 found, page 1 of 0");
  await both("heroes", "No heroes");

  await click(first, "fill");
  await both("personas", "Active: nobody Ada kind+wise used 0 Bob bold used 0");
  await click(first, "activate Ada");
  await both("personas", "Active: Ada Ada kind+wise used 1 (active) Bob bold used 0");
  await click(second, "activate Bob");
  await both("personas", "Active: Bob Ada kind+wise used 1 Bob bold used 1 (active)");
  await click(first, "activate Ada");
  await both("personas", "Active: Ada Ada kind+wise used 2 (active) Bob bold used 1");

  await both("memories", "7 found, page 1 of 3 Sugar (70) S Milk (60) M Steam (50)");
  for (const page of [first, second]) await click(page, "page 3");
  await both("memories", "page 3 of 3 Tea (10) T Kept:");
  for (const page of [first, second]) await click(page, "keep Tea");
  for (const page of [first, second]) await click(page, "page 1");
  await both("memories", "Kept: Tea");
  for (const page of [first, second]) await page.getByLabel("Find").fill("^tea");
  await both("memories", "2 found, page 1 of 1 Teapot (30) T Tea (10) T Kept: Tea");
  await click(second, "rename");
  await both("memories", "1 found, page 1 of 1 Teapot (30) T Kept: Green Tea");
  for (const page of [first, second]) await page.getByLabel("Find").fill("");
  await both("memories", "7 found, page 1 of 3 Sugar (70)");
  await click(first, "forget");
  await both("memories", "5 found, page 1 of 2 Steam (50) S Cup (40) C Teapot (30)");

  const insert = async (page: Page, name: string): Promise<void> => {
    await page.getByLabel("Name").fill(name);
    await click(page, "Insert");
  };
  await insert(first, "Bob");
  await both("heroes", "Bob blue 40 weak no team");
  await insert(second, "Alice");
  await both("heroes", "Alice red 40 weak no team Bob blue 40 weak no team");
  await insert(second, "Alice");
  await expect.poll(() => shows(second, "heroes")).toContain("Refused: CONFLICT");
  await click(first, "heal Alice");
  await both("heroes", "Alice red 70 strong no team");
  await click(second, "join Alice");
  await both("heroes", "Alice red 70 strong All for one");
  await click(second, "remove Bob");
  await both("heroes", "Heroes Alice red 70 strong All for one");

  await second.reload();
  await both("personas", "Active: Ada Ada kind+wise used 2 (active) Bob bold used 1");
  await both("heroes", "Heroes Alice red 70 strong All for one");
}
