/** What a user does in a window of the example. */

import type { Page } from "playwright-core";

export async function createPersona(page: Page, name: string): Promise<void> {
  await page.getByRole("navigation").getByRole("button", { name: "New", exact: true }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Description").fill("Writes in the morning");
  await page.getByLabel("Traits").fill("curious, precise");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name }).waitFor();
}

/** Give a persona another name, and wait until its card has it. */
export async function rename(page: Page, id: string, name: string): Promise<void> {
  await page.locator(`[data-persona="${id}"] button`).click();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("heading", { name }).waitFor();
}

export async function remember(page: Page, text: string): Promise<void> {
  await page.getByLabel("Remember something").fill(text);
  await page.getByRole("button", { name: "Remember", exact: true }).click();
  await page.locator("[data-memory]").getByText(text).waitFor();
}

export async function search(page: Page, words: string): Promise<void> {
  await page.getByRole("button", { name: "Memories", exact: true }).click();
  await page.getByLabel("Search memories").fill(words);
}

export async function openChat(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Chat", exact: true }).click();
  await page.getByLabel("Message", { exact: true }).waitFor();
}

export async function newConversation(page: Page): Promise<void> {
  await page
    .getByRole("region", { name: "Chat" })
    .getByRole("button", { name: "New", exact: true })
    .click();
  await page.getByText("Say something.").waitFor();
}

/** Send a message, without waiting until it is stored. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByLabel("Message", { exact: true }).press("Enter");
}

/** Wait until the open conversation has these messages, all stored. */
export async function shows(page: Page, texts: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const stored = [...document.querySelectorAll('[data-sending="false"] p')];
      const shown = new Set(stored.map((message) => message.textContent));
      return wanted.every((text) => shown.has(text));
    },
    [...texts],
  );
}

/** What the open conversation shows, in its order. */
export function messages(page: Page): Promise<string[]> {
  return page.locator("[data-message] p").allTextContents();
}

/** Resolve once the window's connection was lost and is open again. */
export function resumes(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const state = document.querySelector('[data-testid="connection"]');
        let lost = false;
        const look = () => {
          if (state?.textContent !== "open") lost = true;
          else if (lost) resolve();
        };
        new MutationObserver(look).observe(document.body, {
          subtree: true,
          childList: true,
          characterData: true,
        });
      }),
  );
}
