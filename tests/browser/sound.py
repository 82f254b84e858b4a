"""What is wrong with a page, whatever it shows."""

from __future__ import annotations

from typing import Any, Final

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

SERIOUS: Final = ("serious", "critical")

_FAULTS: Final = """() => {
  const found = [], root = document.documentElement, ids = new Set()
  const told = one => `<${one.nodeName.toLowerCase()} id="${one.id}" class="${one.getAttribute("class") || ""}">`
  const wider = root.scrollWidth - root.clientWidth
  if (wider > 0) found.push(`it is ${wider} px wider than the window`)
  if (document.querySelectorAll("h1").length !== 1) found.push("it has not one heading of the first level")
  for (const one of document.querySelectorAll("*")) {
    if (one.id && ids.has(one.id)) found.push(`${told(one)} has an id that another one has`)
    ids.add(one.id)
    for (const name of one.getAttributeNames()) {
      const value = one.getAttribute(name).trim().toLowerCase()
      if (name.startsWith("on") || name === "style") found.push(`${told(one)} has ${name}`)
      if (value.startsWith("javascript:") && name !== "value") found.push(`${told(one)} leads to a script by ${name}`)
    }
  }
  const foreign = "main img, main script, main iframe, main object, main style, main link, script:not([src])"
  for (const one of document.querySelectorAll(foreign)) found.push(`${told(one)} is not ours`)
  return found
}"""

_ISOLATING: Final = """() => {
  const turning = /[\\u202a-\\u202e\\u2066-\\u2069]/, found = []
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT)
  const alone = one => {
    const style = getComputedStyle(one)
    return style.unicodeBidi.startsWith("isolate") || style.unicodeBidi === "plaintext" || style.display !== "inline"
  }
  while (texts.nextNode()) {
    const text = texts.currentNode
    let around = text.parentElement
    if (!turning.test(text.data) || around.closest("title, textarea, option")) continue
    while (!alone(around)) around = around.parentElement
    if (around.textContent.trim() !== text.data.trim()) found.push(around.textContent.trim().slice(0, 200))
  }
  return found
}"""

_VIOLATIONS: Final = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false})
  return found.violations.map(one => ({...one, nodes: one.nodes.slice(0, 3).map(node => node.target)}))
}"""


def faults_of(page: Page) -> list[str]:
    """What is too wide, or not ours, or there twice."""
    found: list[str] = page.evaluate(_FAULTS)
    return found


def turned(page: Page) -> list[str]:
    """Text around a text that turns the direction of what is written, and that nothing keeps to itself."""
    found: list[str] = page.evaluate(_ISOLATING)
    return found


def violations(page: Page) -> list[str]:
    """What axe finds that is serious, with the elements."""
    page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(_VIOLATIONS)
    return [f"{one['id']}: {one['help']}: {one['nodes']}" for one in found if one["impact"] in SERIOUS]
